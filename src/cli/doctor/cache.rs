//! The cache: whether it is sound, and what lies beside it.

use super::{Finding, quoted};
use crate::store::{Health, Leftover, LeftoverKind, Store, StoreError, leftovers};

/// What was found, and what to do.
pub(super) async fn check(store: &Store) -> Vec<Finding> {
    let mut findings = vec![health(store.health().await)];
    if let Some(recovery) = store.recovery() {
        findings.push(Finding::good("cache mended", recovery.to_string()));
    }
    findings.extend(leftovers(store.path()).iter().map(beside));
    findings
}

fn health(found: Result<Health, StoreError>) -> Finding {
    let again = "close mctui everywhere and start it again: it sets the file aside, keeps drafts and what waits to be sent, \
                 and the next sync fetches the rest";
    let health = match found {
        Ok(health) => health,
        Err(StoreError::Damaged { path, detail }) => {
            return Finding::bad("cache", format!("{} is damaged: {detail}", path.display()), again);
        }
        Err(why) => return Finding::bad("cache", why.to_string(), ""),
    };
    let detail = format!(
        "{} messages in {} threads, {} in the outbox, {}, schema {}",
        health.messages,
        health.threads,
        health.outbox,
        size(health.bytes),
        health.schema,
    );
    match health.integrity {
        Ok(()) => Finding::good("cache", detail),
        Err(what) => Finding::bad("cache", format!("{detail}; damaged: {what}"), again),
    }
}

/// Nothing is wrong with what lies there; a person may want the room, or what is in it.
fn beside(left: &Leftover) -> Finding {
    let (path, word, size) = (left.path.display(), quoted(&left.path), size(left.bytes));
    let (check, detail, fix) = match left.kind {
        LeftoverKind::Damaged => (
            "damaged cache",
            format!("{path}, {size}: set aside, no longer used, deleted after 60 days"),
            format!("when nothing is missing: rm {word}*"),
        ),
        LeftoverKind::Backup => (
            "backup of the cache",
            format!(
                "{path}, {size}: from before an upgrade; removed after 7 days, or when you discard a text that may be in it"
            ),
            format!("when the new version has proved itself: rm {word}"),
        ),
    };
    Finding { fix, ..Finding::good(check, detail) }
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1_000_000 => format!("{} kB", bytes.div_ceil(1_000)),
        _ => format!("{} MB", bytes / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_in_words() {
        assert_eq!(
            [0, 1, 36_864, 999_999, 1_000_000, 35_000_000].map(size),
            ["0 kB", "1 kB", "37 kB", "1000 kB", "1 MB", "35 MB"]
        );
    }
}
