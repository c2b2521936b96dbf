frappe.listview_settings["Allocation Key"] = {
	onload(listview) {
		const show = (state) => {
			const text = wholesale_b2b.progress_text(state);
			listview.page.set_indicator(text || __("Nothing waits"), text ? "orange" : "green");
		};
		frappe.realtime.on("b2b_allocation_progress", show);
		wholesale_b2b.ask("allocation_progress", {}).then((state) => state && show(state));
	},
};
