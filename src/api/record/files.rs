//! The files of a message: `{"link","fileName","fileSize","isStorageExpired"}` (grade A), and what is near it.

use serde::Deserialize;
use serde_json::Value;

use super::super::wire::{Maybe, Text, Truth};
use crate::model::Attachment;

/// One file.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum File {
    Url(String),
    Fields {
        #[serde(default)]
        name: Maybe<Text>,
        #[serde(default)]
        filename: Maybe<Text>,
        #[serde(default)]
        url: Maybe<String>,
        #[serde(default)]
        uri: Maybe<String>,
        #[serde(default)]
        link: Maybe<String>,
        #[serde(default)]
        href: Maybe<String>,
        #[serde(default)]
        size: Maybe<Text>,
        #[serde(default)]
        filesize: Maybe<Text>,
        #[serde(default)]
        isstorageexpired: Maybe<Truth>,
    },
}

/// Files of one message at most. A carrier takes about ten.
const MOST: usize = 100;

/// The files, each once. What is beyond the limit is left out: the message is worth more than its hundred-and-first file.
pub(super) fn attachments(files: impl Iterator<Item = File>) -> Vec<Attachment> {
    let mut found: Vec<Attachment> = Vec::new();
    for file in files {
        if found.len() >= MOST {
            break;
        }
        let (name, url, size, expired) = match file {
            File::Url(url) => (None, Some(url), None, false),
            File::Fields { name, filename, url, uri, link, href, size, filesize, isstorageexpired } => (
                [name, filename].into_iter().find_map(Maybe::trimmed),
                [url, uri, link, href].into_iter().filter_map(Maybe::get).find(|url| !url.trim().is_empty()),
                [size, filesize].into_iter().find_map(Maybe::trimmed).and_then(|size| size.parse().ok()),
                isstorageexpired.truth().unwrap_or(false),
            ),
        };
        if name.is_none() && url.is_none() {
            continue;
        }
        let name = name.unwrap_or_else(|| last_segment(url.as_deref().unwrap_or_default()));
        if !found.iter().any(|known| known.name == name && known.url == url) {
            found.push(Attachment { name, url, size, expired });
        }
    }
    found
}

/// Reads files by themselves. Keys are plain.
pub(in crate::api) fn files(values: impl Iterator<Item = Value>) -> Vec<Attachment> {
    attachments(values.filter_map(|value| File::deserialize(value).ok()))
}

/// `cat.jpg` of `https://host/files/cat.jpg?key=1`.
fn last_segment(url: &str) -> String {
    let path = url.split(['?', '#']).next().unwrap_or_default().trim_end_matches('/');
    match path.rsplit('/').next() {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => "attachment".to_owned(),
    }
}
