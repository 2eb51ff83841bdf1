//! The files that came with messages: fetched when somebody wants to see one, and kept beside the cache.
//!
//! A file is never run and its name never trusted: it lies in a folder of its own, under a name without path, readable by
//! its owner alone.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use super::context::Context;
use super::trouble::Trouble;
use crate::api::{self, ArchivedFile, MessageFiles};
use crate::files;
use crate::model::text::safe_line;
use crate::model::{Attachment, Message, MessageId};
use crate::store::StoreError;

/// Longest file name that every file system takes, in bytes, with room for a number.
const LONGEST: usize = 120;
/// What is kept at most; the oldest goes first.
const KEPT: u64 = 512 * 1024 * 1024;

/// Where the file is: fetched now, or before.
pub async fn fetch(context: &Context, id: MessageId, place: usize) -> Result<PathBuf, Trouble> {
    let message = message(context, id).await?;
    if let Some(path) = here(context, &message, place) {
        return Ok(path);
    }
    let attachment = message.attachments.get(place);
    if attachment.is_some_and(|one| one.expired) {
        return Err(Trouble {
            what: "MightyCall no longer keeps this file".to_owned(),
            advice: "ask the other party to send it again".to_owned(),
            ..Trouble::default()
        });
    }
    // a record may tell names alone
    let attachments = match attachment {
        Some(one) if one.url.is_some() => message.attachments.clone(),
        _ => {
            let found = ask(context, &message).await?;
            // an archive brings all of them at once
            let message = Message { attachments: found.clone(), ..message.clone() };
            if let Some(path) = here(context, &message, place) {
                return Ok(path);
            }
            found
        }
    };
    let Some(Attachment { name, url: Some(url), .. }) = attachments.into_iter().nth(place) else {
        return Err(Trouble {
            what: "MightyCall does not say where this file is".to_owned(),
            advice: "look at the message in MightyCall's own web client".to_owned(),
            ..Trouble::default()
        });
    };
    let who = context.credentials(&message.number).map_err(|error| Trouble::from(&error))?;
    let bytes = context.client.download(&who, &url).await.map_err(|error| Trouble::from(&error))?;
    let path = folder(context, id, place).join(file_name(&name));
    keep(path.clone(), bytes, root(context)).await?;
    Ok(path)
}

/// Where the file is, if it was fetched before.
fn here(context: &Context, message: &Message, place: usize) -> Option<PathBuf> {
    let path = folder(context, message.id, place).join(file_name(&message.attachments.get(place)?.name));
    // one that is a link or something else is fetched anew, and that replaces it
    matches!(files::look(&path), Ok(true)).then_some(path)
}

/// Asks what came with a message, and notes it in the cache.
pub async fn list(context: &Context, id: MessageId) -> Result<usize, Trouble> {
    let message = message(context, id).await?;
    Ok(ask(context, &message).await?.len())
}

async fn message(context: &Context, id: MessageId) -> Result<Message, Trouble> {
    match context.store.message(id).await {
        Ok(Some(message)) => Ok(message),
        Ok(None) => Err(Trouble { what: "the message is not there any more".to_owned(), ..Trouble::default() }),
        Err(why) => Err(of_cache(&why)),
    }
}

async fn ask(context: &Context, message: &Message) -> Result<Vec<Attachment>, Trouble> {
    let Some(remote_id) = &message.remote_id else {
        return Err(Trouble {
            what: "MightyCall has given this message no id to ask by".to_owned(),
            advice: "after the next sync it may have one".to_owned(),
            ..Trouble::default()
        });
    };
    let who = context.credentials(&message.number).map_err(|error| Trouble::from(&error))?;
    let found = match context.client.message_files(&who, remote_id).await {
        Ok(MessageFiles::Links(links)) => links,
        Ok(MessageFiles::Archive(files)) => unpacked(context, message, files).await?,
        Err(api::Error::NoPath { .. }) => Vec::new(),
        Err(error) => return Err(Trouble::from(&error)),
    };
    if !found.is_empty() && found != message.attachments {
        context.store.set_attachments(message.id, found.clone()).await.map_err(|why| of_cache(&why))?;
    }
    Ok(found)
}

/// Keeps the files of an archive, each in the place that the record gives its name, and says what they are.
async fn unpacked(context: &Context, message: &Message, files: Vec<ArchivedFile>) -> Result<Vec<Attachment>, Trouble> {
    let known = message.attachments.iter().map(|one| one.name.clone()).collect::<Vec<_>>();
    let mut places: Vec<Option<ArchivedFile>> = known.iter().map(|_| None).collect();
    let mut others = Vec::new();
    for file in files {
        let free = |(place, name): (usize, &String)| {
            (places[place].is_none() && name.eq_ignore_ascii_case(&file.name)).then_some(place)
        };
        match known.iter().enumerate().find_map(free) {
            Some(place) => places[place] = Some(file),
            None => others.push(file),
        }
    }
    // what the record calls otherwise fills the places that are left, in order
    let mut others = others.into_iter();
    for place in &mut places {
        if place.is_none() {
            *place = others.next();
        }
    }
    places.extend(others.map(Some));
    let mut found = Vec::with_capacity(places.len());
    for (place, file) in places.into_iter().enumerate() {
        let Some(file) = file else {
            found.extend(message.attachments.get(place).cloned());
            continue;
        };
        let size = Some(file.data.len() as u64);
        let path = folder(context, message.id, place).join(file_name(&file.name));
        keep(path, file.data, root(context)).await?;
        found.push(Attachment { name: file.name, url: None, size, expired: false });
    }
    Ok(found)
}

fn of_cache(why: &StoreError) -> Trouble {
    Trouble { what: why.to_string(), ..Trouble::default() }
}

fn root(context: &Context) -> PathBuf {
    context.store.path().with_file_name("attachments")
}

fn folder(context: &Context, id: MessageId, place: usize) -> PathBuf {
    root(context).join(format!("{:016x}-{place}", id.0))
}

/// A name without path, control characters or anything that a shell or a file system takes for more than a name.
pub fn file_name(raw: &str) -> String {
    let last = raw.rsplit(['/', '\\']).next().unwrap_or_default();
    let allowed = |c: char| if c.is_alphanumeric() || " .-_()+,@&".contains(c) { c } else { '_' };
    let clean: String = safe_line(last).chars().map(allowed).collect();
    let clean = clean.trim_matches([' ', '.', '-']);
    let (stem, end) = match clean.rsplit_once('.') {
        Some((stem, end)) if !stem.is_empty() && end.len() <= 10 => (stem, format!(".{end}")),
        _ => (clean, String::new()),
    };
    let mut cut = stem.len().min(LONGEST);
    while !stem.is_char_boundary(cut) {
        cut -= 1;
    }
    let stem = if stem.is_empty() { "attachment" } else { stem[..cut].trim_end() };
    format!("{stem}{end}")
}

/// Writes a file so that it is there whole or not at all.
async fn keep(path: PathBuf, bytes: Vec<u8>, root: PathBuf) -> Result<(), Trouble> {
    let written = tokio::task::spawn_blocking(move || {
        write(&path, &bytes).map_err(|why| Trouble {
            what: format!("{} could not be written: {why}", path.display()),
            advice: "make room on the disk, or look at the folder's permissions".to_owned(),
            ..Trouble::default()
        })?;
        make_room(&root, &path);
        Ok(())
    })
    .await;
    written.unwrap_or_else(|why| Err(Trouble { what: why.to_string(), ..Trouble::default() }))
}

fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().ok_or(io::ErrorKind::InvalidInput)?;
    let mut make = std::fs::DirBuilder::new();
    make.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut make, 0o700);
    make.create(folder)?;
    // for its owner alone, from the first byte on
    let mut file = tempfile::NamedTempFile::new_in(folder)?;
    file.write_all(bytes)?;
    file.persist(path).map(drop).map_err(|refused| refused.error)
}

/// Takes away what was fetched longest ago, where there is too much. Whoever wants it again fetches it again.
fn make_room(root: &Path, fresh: &Path) {
    let Ok(folders) = std::fs::read_dir(root) else { return };
    let files = folders.flatten().filter_map(|folder| std::fs::read_dir(folder.path()).ok()).flatten().flatten();
    let mut all: Vec<_> = files
        .filter_map(|file| {
            let meta = file.metadata().ok()?;
            Some((meta.modified().ok()?, meta.len(), file.path()))
        })
        .collect();
    let mut used: u64 = all.iter().map(|(_, size, _)| size).sum();
    all.sort();
    for (_, size, path) in all {
        if used <= KEPT {
            return;
        }
        if path != fresh && std::fs::remove_file(&path).is_ok() {
            used -= size;
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("crack.png", "crack.png")]
    #[case("../../etc/passwd", "passwd")]
    #[case("C:\\temp\\x.exe", "x.exe")]
    #[case("-rf.sh", "rf.sh")]
    #[case(".bashrc", "bashrc")]
    #[case("a\u{202e}gnp.exe", "agnp.exe")]
    #[case("\u{1b}]0;x\u{7}.jpg", "__0_x_.jpg")]
    #[case("", "attachment")]
    #[case("...", "attachment")]
    #[case("Überblick (1).jpg", "Überblick (1).jpg")]
    fn names_are_only_names(#[case] raw: &str, #[case] expected: &str) {
        assert_eq!(file_name(raw), expected);
    }

    #[test]
    fn a_long_name_keeps_its_end() {
        let name = file_name(&format!("{}.jpeg", "é".repeat(500)));
        assert!(name.len() < 140 && name.ends_with("é.jpeg"), "{name}");
    }

    #[cfg(unix)]
    #[test]
    fn a_file_is_its_owners_alone() {
        use std::os::unix::fs::PermissionsExt;
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("attachments/1-0/a.png");
        write(&path, b"bytes").unwrap();
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!((mode(&path), mode(path.parent().unwrap())), (0o600, 0o700));
        assert_eq!(std::fs::read(&path).unwrap(), b"bytes");
    }
}
