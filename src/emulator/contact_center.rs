//! `GET /contactcenter/message` and its threads: the other road to the history.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::answer;
use super::ask::{Params, Window};
use super::auth::Access;
use super::dialect::Order;
use super::service::{Service, State as Books};
use super::wire::{self, Page};
use super::world::{Filter, World};

/// What `phoneNumber` asks for: one of ours or one of theirs, in any form. `None` where nothing can be found.
fn filter(world: &World, access: &Access, params: &Params) -> Option<Filter> {
    let mut filter = Filter { number: access.number, ..Filter::default() };
    if let Some(text) = params.get("phoneNumber") {
        match world.number_at(text) {
            Some(number) if access.sees(number) => filter.number = Some(number),
            Some(_) => return None,
            None => filter.person = Some(world.person_at(text)?),
        }
    }
    Some(filter)
}

/// `GET /contactcenter/message?phoneNumber&limit&offset`
pub(super) async fn list(State(service): State<Arc<Service>>, access: Access, params: Params) -> Response {
    let dialect = service.dialect();
    let window = match Window::limited(&params, dialect) {
        Ok(window) => window,
        Err(reason) => return answer::error(dialect, 400, &reason),
    };
    let Books { world, .. } = &*service.state();
    let mut found = filter(world, &access, &params).map(|filter| world.find(&filter)).unwrap_or_default();
    if dialect.order == Order::NewestFirst {
        found.reverse();
    }
    let record = |&serial: &u32| Some(wire::listed(dialect, world, serial, world.record(serial)?));
    let page = Page {
        plural: "messages",
        number: window.page,
        items: window.of(&found).iter().filter_map(record).collect(),
        total: found.len(),
        has_more: window.has_more(found.len()),
    };
    answer::ok(&wire::envelope(dialect, page))
}

/// `GET /contactcenter/message/threads?pageSize[&page][&phoneNumber]`
pub(super) async fn threads(State(service): State<Arc<Service>>, access: Access, params: Params) -> Response {
    let dialect = service.dialect();
    let window = match Window::paged(&params, dialect) {
        Ok(window) => window,
        Err(reason) => return answer::error(dialect, 400, &reason),
    };
    let Books { world, .. } = &*service.state();
    let filter = filter(world, &access, &params);
    let found = filter.map(|filter| world.threads(filter.number, filter.person)).unwrap_or_default();
    let thread =
        |&(serial, count): &(u32, usize)| Some(wire::thread(dialect, world, serial, world.record(serial)?, count));
    let page = Page {
        plural: "threads",
        number: window.page,
        items: window.of(&found).iter().filter_map(thread).collect(),
        total: found.len(),
        has_more: window.has_more(found.len()),
    };
    answer::ok(&wire::envelope(dialect, page))
}
