//! The web app: two editors, a verdict, nine answers. The engine judges in a worker; here is only what is shown.

mod bridge;
mod browser;
mod components;
mod questions;
mod report;
mod route;
mod rule_page;
mod session;
mod state;

fn main() {
    leptos::mount::mount_to_body(components::App);
}
