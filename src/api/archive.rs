//! The files of a message as `…/mmsAttachments` gives them (`mightycall-api.md`, section 7): by the description a zip
//! archive, perhaps in base64, or `{"isSuccess":true}` where there are none (grade A, whose prose and example differ); by
//! variants a list of links (grade C). What came is judged by its bytes, since no content type is stated.

use std::fmt;
use std::io::{Cursor, Read};

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use super::bounded::{Beyond, Limits};
use super::envelope::{self, Not};
use super::error::Words;
use super::record;
use super::transport::MOST_FILE;
use super::words::Secrets;
use crate::model::Attachment;

/// Files of one message at most.
const MOST_FILES: usize = 100;
/// What every zip archive begins with.
const ZIP: &[u8] = b"PK";
/// The head of an entry in an archive's table.
const ENTRY: &[u8] = b"PK\x01\x02";
/// `PK` and what follows it, in base64.
const ZIP_IN_BASE64: &str = "UEs";
/// An answer with an archive in it has a long text and little else.
const WITH_ARCHIVE: Limits = Limits { parts: 1_000, text: MOST_FILE, depth: 8, beyond: Beyond::Refused };
/// Some encoders leave the padding out.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// A file out of an archive.
#[derive(Clone, PartialEq, Eq)]
pub struct ArchivedFile {
    /// Its name without folders. Foreign text: fit to be shown and saved only after it was made so.
    pub name: String,
    /// All of it.
    pub data: Vec<u8>,
}

impl fmt::Debug for ArchivedFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ArchivedFile").field("name", &self.name).field("bytes", &self.data.len()).finish()
    }
}

/// What an answer holds.
#[derive(Debug, PartialEq)]
pub(super) enum Files {
    /// Where each of them lies; nothing where there are none.
    Links(Vec<Attachment>),
    /// All of them in one zip archive, still packed.
    Archive(Vec<u8>),
}

impl Files {
    /// Judges the body of an answer of status 2xx.
    pub(super) fn of(body: &[u8], secrets: &Secrets) -> Result<Self, Not> {
        if body.starts_with(ZIP) {
            return Ok(Self::Archive(body.to_vec()));
        }
        if let Some(archive) = std::str::from_utf8(body).ok().and_then(from_base64) {
            return Ok(Self::Archive(archive));
        }
        let outline = envelope::outline(body, secrets)?;
        if layers(&outline).filter_map(Value::as_str).any(may_be_archive) {
            let (_, value) = envelope::read(body, &WITH_ARCHIVE, secrets)?;
            let archive = layers(&value).filter_map(Value::as_str).find_map(from_base64);
            if let Some(archive) = archive {
                return Ok(Self::Archive(archive));
            }
        }
        if is_success_alone(&outline) {
            return Ok(Self::Links(Vec::new()));
        }
        let listing = envelope::listing(body, secrets)?;
        Ok(Self::Links(record::files(listing.records().filter_map(Result::ok))))
    }
}

/// The answer, and what it wraps.
fn layers(value: &Value) -> impl Iterator<Item = &Value> {
    [Some(value), value.get("data")].into_iter().flatten()
}

/// Whether a text begins as an archive in base64 does.
fn may_be_archive(text: &str) -> bool {
    let text = text.trim_start();
    text.starts_with("data:") || text.starts_with(ZIP_IN_BASE64)
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    if !may_be_archive(text) {
        return None;
    }
    let text = text.trim();
    let text = if text.starts_with("data:") { text.split_once(";base64,")?.1 } else { text };
    if !text.starts_with(ZIP_IN_BASE64) {
        return None;
    }
    let packed: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
    LENIENT.decode(packed).ok().filter(|bytes| bytes.starts_with(ZIP))
}

/// `{"isSuccess":true}`: an answer, and no files. Keys are plain.
fn is_success_alone(value: &Value) -> bool {
    let Some(fields) = value.as_object() else { return false };
    let says_nothing = |(name, value): (&String, &Value)| name == "issuccess" || name == "message" || value.is_null();
    fields.contains_key("issuccess") && fields.iter().all(says_nothing) && envelope::went(value) == envelope::Went::Well
}

/// Unpacks an archive, within limits: an archive can hold more than it weighs.
pub(super) fn unpack(archive: &[u8]) -> Result<Vec<ArchivedFile>, Not> {
    let refused = |reason: String| Not::Readable(reason, Words::none());
    let broken = |_| refused("its archive cannot be unpacked".to_owned());
    // counted before the table is read, which takes memory for each entry
    if archive.windows(ENTRY.len()).filter(|window| *window == ENTRY).count() > MOST_FILES {
        return Err(refused(format!("its archive has more than {MOST_FILES} files")));
    }
    let mut zip = zip::ZipArchive::new(Cursor::new(archive)).map_err(broken)?;
    let mut files = Vec::new();
    let mut left = MOST_FILE as u64;
    for index in 0..zip.len() {
        let entry = zip.by_index(index).map_err(broken)?;
        if entry.is_dir() {
            continue;
        }
        let name = last_segment(&String::from_utf8_lossy(entry.name_raw()));
        // what an entry says about its size is not relied upon
        let mut data = Vec::new();
        let read = entry.take(left + 1).read_to_end(&mut data).map_err(|why| broken(why.into()))? as u64;
        left = left.checked_sub(read).ok_or_else(|| {
            refused(format!("the files in its archive are larger than {} MiB", MOST_FILE / (1024 * 1024)))
        })?;
        files.push(ArchivedFile { name, data });
    }
    Ok(files)
}

fn last_segment(path: &str) -> String {
    match path.rsplit(['/', '\\']).next() {
        Some(name) if !name.is_empty() => name.to_owned(),
        _ => "attachment".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use base64::engine::general_purpose::STANDARD as BASE64;
    use proptest::prelude::*;
    use rstest::rstest;
    use serde_json::json;
    use zip::CompressionMethod;
    use zip::write::SimpleFileOptions;

    use super::*;

    fn packed(files: &[(&str, &[u8])]) -> Vec<u8> {
        let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        for (name, data) in files {
            zip.start_file(*name, options).unwrap();
            zip.write_all(data).unwrap();
        }
        zip.finish().unwrap().into_inner()
    }

    fn two() -> Vec<u8> {
        packed(&[("cat.jpg", b"a picture"), ("notes/../../etc/passwd", b"a text")])
    }

    fn found(body: &[u8]) -> Files {
        Files::of(body, &Secrets::default()).unwrap()
    }

    #[test]
    fn knows_an_archive_in_every_wrapping() {
        let archive = two();
        let text = BASE64.encode(&archive);
        let (head, tail) = text.split_at(20);
        for body in [
            archive.clone(),
            text.clone().into_bytes(),
            format!(" {head}\r\n{tail}\n").into_bytes(),
            text.trim_end_matches('=').as_bytes().to_vec(),
            json!(text).to_string().into_bytes(),
            json!({"isSuccess": true, "data": text}).to_string().into_bytes(),
            format!("data:application/zip;base64,{text}").into_bytes(),
        ] {
            assert_eq!(found(&body), Files::Archive(archive.clone()));
        }
    }

    #[rstest]
    #[case(json!({"isSuccess": true}), 0)]
    #[case(json!({"isSuccess": true, "data": null, "message": "none"}), 0)]
    #[case(json!([]), 0)]
    #[case(json!([{"fileName": "cat.jpg", "link": "https://files.example/1"}]), 1)]
    #[case(json!({"isSuccess": true, "data": {"attachments": ["https://files.example/1"]}}), 1)]
    fn reads_links_and_none(#[case] body: Value, #[case] expected: usize) {
        match found(body.to_string().as_bytes()) {
            Files::Links(links) => assert_eq!(links.len(), expected),
            Files::Archive(_) => panic!("no archive"),
        }
    }

    #[rstest]
    #[case(b"<html></html>")]
    #[case(b"UEsX is no archive")]
    #[case(b"{\"isSuccess\":false,\"message\":\"gone\"}")]
    #[case(b"")]
    fn says_what_is_no_answer(#[case] body: &[u8]) {
        assert!(Files::of(body, &Secrets::default()).is_err());
    }

    #[test]
    fn unpacks_files_under_names_without_folders() {
        let files = unpack(&two()).unwrap();
        let found: Vec<_> = files.iter().map(|file| (file.name.as_str(), file.data.as_slice())).collect();
        assert_eq!(found, [("cat.jpg", &b"a picture"[..]), ("passwd", &b"a text"[..])]);
        assert_eq!(format!("{:?}", files[0]), "ArchivedFile { name: \"cat.jpg\", bytes: 9 }");
        assert_eq!(unpack(&packed(&[])).unwrap(), []);
    }

    #[test]
    fn an_archive_that_holds_too_much_is_refused() {
        let zeros = vec![0; MOST_FILE];
        let bomb = packed(&[("one", &zeros), ("two", b"x")]);
        assert!(bomb.len() < 100_000);
        let many: Vec<(String, &[u8])> = (0..=MOST_FILES).map(|n| (n.to_string(), &b"x"[..])).collect();
        let many: Vec<(&str, &[u8])> = many.iter().map(|(name, data)| (name.as_str(), *data)).collect();
        for (archive, says) in [(bomb, "25 MiB"), (packed(&many), "100 files"), (two()[..40].to_vec(), "unpacked")] {
            match unpack(&archive) {
                Err(Not::Readable(reason, _)) => assert!(reason.contains(says), "{reason}"),
                other => panic!("{other:?}"),
            }
        }
        assert_eq!(unpack(&packed(&[("one", &zeros)])).unwrap()[0].data.len(), MOST_FILE);
    }

    proptest! {
        #[test]
        fn no_bytes_panic(at in 0usize..300, byte in any::<u8>(), cut in 0usize..300) {
            let mut archive = two();
            let end = archive.len();
            archive[at.min(end - 1)] = byte;
            archive.truncate(end - cut.min(end));
            let _ = Files::of(&archive, &Secrets::default());
            let _ = unpack(&archive);
        }
    }
}
