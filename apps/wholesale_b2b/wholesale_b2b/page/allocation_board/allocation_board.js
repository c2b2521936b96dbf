// The Allocation Board: an item's supply on one side, who wants it on the other, the pegs between.

frappe.provide("wholesale_b2b.allocation_board");

{% include "wholesale_b2b/public/js/allocation_board/view.js" %}
{% include "wholesale_b2b/public/js/allocation_board/lines.js" %}
{% include "wholesale_b2b/public/js/allocation_board/why.js" %}
{% include "wholesale_b2b/public/js/allocation_board/move.js" %}
{% include "wholesale_b2b/public/js/allocation_board/board.js" %}

frappe.pages["allocation-board"].on_page_load = (wrapper) => {
	wrapper.allocation_board = new wholesale_b2b.allocation_board.Board(wrapper);
};

frappe.pages["allocation-board"].on_page_show = (wrapper) => wrapper.allocation_board.show();

frappe.pages["allocation-board"].on_page_hide = (wrapper) => wrapper.allocation_board.hide();
