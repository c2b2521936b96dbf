app_name = "wholesale_b2b"
app_title = "Wholesale B2B"
app_publisher = "Wholesale B2B maintainers"
app_description = "Wholesale (B2B) orders for ERPNext: pre-allocation, order to cash, trade pricing"
app_email = "maintainers@wholesale-b2b.example"
app_license = "GPL-3.0-or-later"
required_apps = ["frappe/erpnext"]
