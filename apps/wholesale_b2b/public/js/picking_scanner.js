// Scanning on a pick list of ours, in whatever unit the barcode stands for.
// ERPNext's scanner counts scans: one is one unit, up to as many as the row has of its own unit of measure. On rows in
// cases that is neither the units nor the cases; this one counts what the barcode stands for.

(() => {
	class Scanner extends erpnext.utils.BarcodeScanner {
		async update_table(data) {
			this.scanned = data;
			this.units = await this.units_in(data);
			const trouble = this.trouble(data);
			if (trouble) {
				this.show_alert(trouble, "red", 7);
				this.clean_up();
				throw new Error(trouble);
			}
			return super.update_table(data);
		}

		rows_of(item_code) {
			return (this.frm.doc.locations || []).filter((row) => row.item_code === item_code);
		}

		// Stock units in what the barcode stands for; one without a unit of measure stands for one stock unit.
		async units_in({ item_code, uom }) {
			const rows = this.rows_of(item_code);
			if (!uom || !rows.length || rows[0].stock_uom === uom) return 1;
			const same = rows.find((row) => row.uom === uom);
			if (same) return flt(same.conversion_factor);
			const details = await frappe.xcall("erpnext.stock.doctype.pick_list.pick_list.get_item_details", { item_code, uom });
			return flt(details.conversion_factor) || 1;
		}

		// Why this scan counts for nothing, in words; nothing if it counts.
		trouble({ item_code, batch_no, serial_no, uom }) {
			const rows = this.rows_of(item_code);
			if (!rows.length) return __("{0} is not on this list", [item_code]);
			if (serial_no && rows.some((row) => numbers(row.b2b_scanned_serials).includes(serial_no))) {
				return __("{0} has been scanned already", [serial_no]);
			}
			if (this.get_row_to_modify_on_scan(item_code, batch_no, uom)) return "";
			const left = Math.max(...rows.map(left_on));
			const batches = rows.filter((row) => left_on(row) > 0 && row.batch_no).map((row) => row.batch_no);
			if (batch_no && batches.length && !batches.includes(batch_no)) {
				return __("{0} is to be picked from {1}. To take {2}, choose it on the row", [item_code, batches.join(", "), batch_no]);
			}
			if (left > 0) return __("{0}: {1} are left, and {2} has {3}", [item_code, wholesale_b2b.cell.qty(left), __(uom), this.units]);
			return __("All of {0} is picked", [item_code]);
		}

		get_row_to_modify_on_scan(item_code, batch_no, uom) {
			const rows = this.rows_of(item_code).filter(
				(row) => (!batch_no || !row.batch_no || row.batch_no === batch_no) && left_on(row) >= this.units - 1e-6
			);
			const { serial_no } = this.scanned;
			return (
				(serial_no && rows.find((row) => numbers(row.serial_no).includes(serial_no))) ||
				rows.find((row) => row.uom === (uom || row.stock_uom)) ||
				rows[0]
			);
		}

		set_item(row) {
			const count = async (number) => {
				const qty = Math.min(flt(number) * this.units, left_on(row));
				await frappe.model.set_value(row.doctype, row.name, { picked_qty: flt(row.picked_qty) + qty });
				return qty;
			};
			if (!this.prompt_qty || this.scanned.serial_no) return count(1);
			const label = __("How many {0} of {1}?", [__(this.scanned.uom || row.stock_uom), row.item_code]);
			return new Promise((resolve) => {
				frappe.prompt({ fieldname: "number", fieldtype: "Float", label, reqd: 1 }, ({ number }) => count(number).then(resolve));
			});
		}

		async set_serial_no(row, serial_no) {
			if (!serial_no) return;
			const scanned = [...numbers(row.b2b_scanned_serials), serial_no].join("\n");
			await frappe.model.set_value(row.doctype, row.name, "b2b_scanned_serials", scanned);
		}

		// The field was emptied when the scan came in; the next one may stand in it by now.
		clean_up() {
			this.frm.refresh_field(this.items_table_name);
		}

		// The row keeps its unit and its batch.
		set_barcode_uom() {}
		set_batch_no() {}

		show_scan_message(idx, item_code) {
			const row = this.frm.doc.locations.find((other) => other.idx === idx);
			const { qty } = wholesale_b2b.cell;
			const left = left_on(row);
			const words = left
				? __("{0}: {1} picked, {2} left", [item_code, qty(row.picked_qty), qty(left)])
				: __("{0}: all {1} picked", [item_code, qty(row.picked_qty)]);
			this.show_alert(words, left ? "blue" : "green");
		}

		// One message at a time: on a phone they would cover the list.
		show_alert(message, indicator, duration = 5) {
			$("#alert-container .b2b-scan-alert").remove();
			frappe.show_alert({ message, indicator }, duration).addClass("b2b-scan-alert");
		}
	}

	const left_on = (row) => flt(row.stock_qty) - flt(row.picked_qty);
	const numbers = (text) => cstr(text).split("\n").filter(Boolean);

	const { is_ours } = wholesale_b2b.picking;
	const theirs = [...frappe.ui.form.get_event_handler_list("Pick List", "scan_barcode")];
	frappe.ui.form.off("Pick List", "scan_barcode");
	frappe.ui.form.on("Pick List", "scan_barcode", (frm, ...rest) => {
		if (!is_ours(frm)) return theirs.map((handler) => handler(frm, ...rest));
		const scanner = new Scanner({
			frm,
			items_table_name: "locations",
			qty_field: "picked_qty",
			dont_allow_new_row: true,
			prompt_qty: frm.doc.prompt_qty,
			serial_no_field: "not_supported",
		});
		// it has said what is wrong
		scanner.process_scan().catch(() => {});
	});
})();
