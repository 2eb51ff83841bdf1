//! The screen's words for lists and windows, and the cache's. The screen's views do not know the cache.

use crate::model::Missing;
use crate::store;
use crate::tui::message;

pub(super) fn query(query: &message::ThreadQuery) -> store::ThreadQuery {
    let key = |key: message::ThreadKey| store::ThreadKey { activity: key.activity, id: key.id };
    store::ThreadQuery {
        number: query.number.clone(),
        contact: None,
        filter: query.filter,
        text: query.text.clone(),
        window: match query.window {
            message::ThreadWindow::Top => store::ThreadWindow::Top,
            message::ThreadWindow::Below(place) => store::ThreadWindow::Below(key(place)),
            message::ThreadWindow::Above(place) => store::ThreadWindow::Above(key(place)),
            message::ThreadWindow::Around(thread) => store::ThreadWindow::Around(thread),
        },
        limit: query.limit,
    }
}

pub(super) fn threads(page: store::ThreadPage) -> message::ThreadPage {
    message::ThreadPage { threads: page.threads, more_above: page.more_above, more_below: page.more_below }
}

pub(super) fn window(window: message::MessageWindow) -> store::MessageWindow {
    match window {
        message::MessageWindow::Newest => store::MessageWindow::Newest,
        message::MessageWindow::Before(id) => store::MessageWindow::Before(id),
        message::MessageWindow::After(id) => store::MessageWindow::After(id),
        message::MessageWindow::Around(id) => store::MessageWindow::Around(id),
    }
}

pub(super) fn search(search: message::SearchQuery) -> store::SearchQuery {
    let message::SearchQuery { query, number, below, limit } = search;
    store::SearchQuery { query, number, below, limit }
}

pub(super) fn found(page: store::SearchPage, missing: Missing) -> message::FoundPage {
    let hit = |store::Found { message, contact }| message::Found { message, contact };
    message::FoundPage { found: page.found.into_iter().map(hit).collect(), more: page.more, missing }
}

pub(super) fn number(row: store::NumberRow) -> message::NumberRow {
    let store::NumberRow { number, unread, muted, threads, traits } = row;
    message::NumberRow { number, unread, muted, threads, traits }
}
