//! What the account has besides messages, as the reports tell of it: numbers, extensions, profile, ping.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};

use super::answer;
use super::auth::Access;
use super::dialect::Names;
use super::ids::{Kind, guid};
use super::own_number::OwnNumber;
use super::service::{Service, State as Books};
use super::wire::{self, Page};

/// `GET /phonenumbers`. A number's key sees its own.
pub(super) async fn numbers(State(service): State<Arc<Service>>, access: Access) -> Response {
    let dialect = service.dialect();
    let Books { world, .. } = &*service.state();
    let item = |(place, own): (usize, &OwnNumber)| {
        let serial = u32::try_from(place).unwrap_or(u32::MAX);
        let variant = match dialect.names {
            Names::Fixed(variant) => variant,
            Names::Rotating => serial,
        };
        json!({
            (if variant.is_multiple_of(2) { "objectGuid" } else { "id" }): guid(world.seed, Kind::Number, serial),
            "number": wire::number(dialect, &own.address, serial),
            "label": own.label,
            "isEnabled": own.enabled,
        })
    };
    let items: Vec<Value> =
        world.numbers.iter().enumerate().filter(|(place, _)| access.sees(*place)).map(item).collect();
    let total = items.len();
    answer::ok(&wire::envelope(dialect, Page { plural: "phoneNumbers", number: 1, items, total, has_more: false }))
}

/// `GET /extensions`, and `GET /team`, which tells the same
pub(super) async fn extensions(State(service): State<Arc<Service>>, _: Access) -> Response {
    let dialect = service.dialect();
    let Books { world, .. } = &*service.state();
    let item = |agent: &super::world::Agent| json!({"extension": agent.extension, "name": agent.name});
    let items: Vec<Value> = world.agents.iter().map(item).collect();
    let total = items.len();
    answer::ok(&wire::envelope(dialect, Page { plural: "extensions", number: 1, items, total, has_more: false }))
}

/// `GET /profile`
pub(super) async fn profile(State(service): State<Arc<Service>>, _: Access) -> Response {
    let Books { world, .. } = &*service.state();
    let agent = world.agents.first();
    answer::ok(&json!({
        "company": world.name,
        "name": agent.map(|agent| &agent.name),
        "extension": agent.map(|agent| &agent.extension),
    }))
}

/// `GET /ping`
pub(super) async fn ping(_: Access) -> Response {
    answer::ok(&json!({"isSuccess": true}))
}
