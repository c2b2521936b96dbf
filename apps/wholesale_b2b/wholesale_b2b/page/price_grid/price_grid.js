// The Price Grid: a tier's prices line by line, edited in place, looked at, and saved from a day on.

frappe.provide("wholesale_b2b.price_grid");

{% include "wholesale_b2b/public/js/tier_changes.js" %}
{% include "wholesale_b2b/public/js/price_grid/edits.js" %}
{% include "wholesale_b2b/public/js/price_grid/view.js" %}
{% include "wholesale_b2b/public/js/price_grid/keys.js" %}
{% include "wholesale_b2b/public/js/price_grid/grid.js" %}

frappe.pages["price-grid"].on_page_load = (wrapper) => {
	wrapper.price_grid = new wholesale_b2b.price_grid.Grid(wrapper);
};

frappe.pages["price-grid"].on_page_show = (wrapper) => wrapper.price_grid.show();
