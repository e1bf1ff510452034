//! The words that generated schemas are made of.

/// Tables.
pub const TABLES: [&str; 40] = [
    "customers",
    "orders",
    "order_items",
    "products",
    "invoices",
    "payments",
    "shipments",
    "accounts",
    "sessions",
    "audit_log",
    "addresses",
    "employees",
    "departments",
    "projects",
    "tasks",
    "comments",
    "tags",
    "articles",
    "subscriptions",
    "refunds",
    "vendors",
    "warehouses",
    "stock_levels",
    "carriers",
    "coupons",
    "reviews",
    "devices",
    "api_keys",
    "webhooks",
    "notifications",
    "teams",
    "memberships",
    "tickets",
    "attachments",
    "contracts",
    "meter_readings",
    "bookings",
    "rooms",
    "Legacy Orders",
    "user",
];

/// Columns with the family of types that goes with the name.
pub const COLUMNS: [(&str, &str); 44] = [
    ("name", "text"),
    ("email", "text"),
    ("title", "text"),
    ("description", "text"),
    ("notes", "text"),
    ("slug", "text"),
    ("country_code", "text"),
    ("phone", "text"),
    ("external_ref", "text"),
    ("currency", "text"),
    ("quantity", "int"),
    ("position", "int"),
    ("priority", "int"),
    ("retry_count", "int"),
    ("legacy_id", "int"),
    ("version", "int"),
    ("amount", "numeric"),
    ("unit_price", "numeric"),
    ("tax_rate", "numeric"),
    ("balance", "numeric"),
    ("weight_kg", "numeric"),
    ("is_active", "bool"),
    ("archived", "bool"),
    ("verified", "bool"),
    ("opted_in", "bool"),
    ("created_at", "time"),
    ("updated_at", "time"),
    ("deleted_at", "time"),
    ("expires_at", "time"),
    ("last_seen_at", "time"),
    ("birth_date", "date"),
    ("due_on", "date"),
    ("valid_from", "date"),
    ("public_id", "uuid"),
    ("correlation_id", "uuid"),
    ("settings", "json"),
    ("payload", "json"),
    ("metadata", "json"),
    ("labels", "array"),
    ("scopes", "array"),
    ("client_ip", "other"),
    ("duration", "other"),
    ("Display Name", "text"),
    ("period", "range"),
];

/// Schemas.
pub const SCHEMAS: [&str; 8] = ["sales", "billing", "reporting", "warehouse", "hr", "Archive", "audit", "internal"];

/// Enumerations and their values.
pub const ENUMS: [(&str, [&str; 5]); 6] = [
    ("order_status", ["new", "paid", "sent", "closed", "returned"]),
    ("severity", ["low", "medium", "high", "critical", "none"]),
    ("account_role", ["viewer", "editor", "admin", "owner", "guest"]),
    ("payment_kind", ["card", "transfer", "cash", "voucher", "crypto"]),
    ("ticket_state", ["open", "waiting", "solved", "merged", "spam"]),
    ("weekday", ["mon", "tue", "wed", "thu", "fri"]),
];

/// Domains, composites and ranges.
pub const TYPES: [&str; 9] = [
    "email_address",
    "positive_amount",
    "percentage",
    "postal_address",
    "money_pair",
    "geo_point",
    "price_range",
    "shift_hours",
    "country",
];

/// Routines.
pub const ROUTINES: [&str; 14] = [
    "touch_row",
    "order_total",
    "is_weekend",
    "format_money",
    "archive_old",
    "next_number",
    "normalise_email",
    "count_rows",
    "log_change",
    "full_name",
    "apply_discount",
    "refresh_stats",
    "tax_for",
    "guard_delete",
];

/// Views.
pub const VIEWS: [&str; 14] = [
    "active_customers",
    "open_orders",
    "daily_totals",
    "recent_changes",
    "order_summary",
    "late_shipments",
    "top_products",
    "team_overview",
    "unpaid",
    "mailing_list",
    "monthly_report",
    "stock_overview",
    "latest_logins",
    "Sales Board",
];

/// Sequences.
pub const SEQUENCES: [&str; 6] = ["invoice_number", "ticket_number", "batch_number", "case_number", "receipt_number", "run_number"];

/// Roles.
pub const ROLES: [&str; 4] = ["app_reader", "app_writer", "reporting_user", "support"];

/// Sentences for comments.
pub const SENTENCES: [&str; 6] = [
    "kept for the auditors",
    "written by the nightly job",
    "don't rename: the export reads it",
    "one row per customer",
    "in cents",
    "deprecated since spring",
];
