//! Texts that are written again and again: `snippets.toml`, beside the settings. It is a person's file: comments and the
//! order stay when the client changes it, and what is wrong in it is told with the line.

use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml_edit::{ArrayOfTables, DocumentMut, Item, Table, value};

use super::edit::create_private_dir;

/// More than this is no file of snippets.
const LARGEST: u64 = 1024 * 1024;

/// A text to be put into a message.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Snippet {
    /// What it is found by.
    pub name: String,
    /// What is put in, with its variables: see [`crate::model::blanks::Variable`].
    pub text: String,
}

/// A change of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// One more, at the end.
    Add(Snippet),
    /// Another one in the place of this.
    Replace(Snippet, Snippet),
    /// This one out.
    Remove(Snippet),
}

/// Why the snippets cannot be used or changed.
#[derive(Debug, thiserror::Error)]
pub enum SnippetsError {
    /// The file has something that is no snippet.
    #[error("{}, line {line}: {problem}", path.display())]
    Invalid {
        /// The file.
        path: PathBuf,
        /// From 1.
        line: usize,
        /// What is wrong there.
        problem: String,
    },
    /// The file cannot be read or written.
    #[error("cannot {act} {}: {source}", path.display())]
    Io {
        /// What was tried.
        act: &'static str,
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
    },
    /// The change cannot be made.
    #[error("{0}")]
    Refused(String),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Shape {
    #[serde(default)]
    snippet: Vec<toml::Spanned<Snippet>>,
}

/// All of them, in the file's order; none where there is no file.
pub fn load(path: &Path) -> Result<Vec<Snippet>, SnippetsError> {
    read(path)?.map_or_else(|| Ok(Vec::new()), |text| parse(path, &text))
}

/// Makes a change and gives back what is there now. It is on the disk whole or not at all.
pub fn change(path: &Path, change: &Change) -> Result<Vec<Snippet>, SnippetsError> {
    let text = read(path)?.unwrap_or_else(|| HEADER.to_owned());
    let held = parse(path, &text)?;
    let mut document: DocumentMut =
        text.parse().map_err(|why: toml_edit::TomlError| invalid(path, &text, why.span(), why.message().to_owned()))?;
    let place = |wanted: &Snippet| {
        let gone =
            || SnippetsError::Refused(format!("“{}” has changed in the file meanwhile; nothing was done", wanted.name));
        held.iter().position(|snippet| snippet == wanted).ok_or_else(gone)
    };
    let taken = |new: &Snippet, but: Option<usize>| {
        let same = |(at, old): (usize, &Snippet)| Some(at) != but && old.name.trim() == new.name.trim();
        held.iter().enumerate().any(same).then(|| {
            SnippetsError::Refused(format!(
                "there is a snippet “{}” already; give this one another name",
                new.name.trim()
            ))
        })
    };
    match change {
        Change::Add(new) => {
            taken(new, None).map_or(Ok(()), Err)?;
            let mut table = Table::new();
            put(&mut table, new);
            // what stands at the end of the file, in a new one all of it, comes before the new one
            let end = document.trailing().as_str().unwrap_or_default().to_owned();
            document.set_trailing("");
            table.decor_mut().set_prefix(format!("{end}\n"));
            tables(&mut document)?.push(table);
        }
        Change::Replace(old, new) => {
            let at = place(old)?;
            taken(new, Some(at)).map_or(Ok(()), Err)?;
            if let Some(table) = tables(&mut document)?.get_mut(at) {
                put(table, new);
            }
        }
        Change::Remove(old) => {
            let at = place(old)?;
            tables(&mut document)?.remove(at);
        }
    }
    let text = document.to_string();
    let now = parse(path, &text)?;
    write(path, &text)?;
    Ok(now)
}

fn tables(document: &mut DocumentMut) -> Result<&mut ArrayOfTables, SnippetsError> {
    let item = document.entry("snippet").or_insert_with(|| Item::ArrayOfTables(ArrayOfTables::new()));
    item.as_array_of_tables_mut().ok_or_else(|| {
        SnippetsError::Refused(
            "write each snippet as a [[snippet]] of its own; this file has them as a list".to_owned(),
        )
    })
}

fn put(table: &mut Table, snippet: &Snippet) {
    for (key, text) in [("name", snippet.name.trim()), ("text", snippet.text.as_str())] {
        match table.get_mut(key).and_then(Item::as_value_mut) {
            Some(old) if old.as_str() == Some(text) => {}
            Some(old) => {
                let around = old.decor().clone();
                *old = text.into();
                *old.decor_mut() = around;
            }
            None => drop(table.insert(key, value(text))),
        }
    }
}

fn read(path: &Path) -> Result<Option<String>, SnippetsError> {
    let io = |source| SnippetsError::Io { act: "read", path: path.to_owned(), source };
    match std::fs::metadata(path) {
        Ok(meta) if !meta.is_file() || meta.len() > LARGEST => {
            Err(SnippetsError::Refused(format!("{} is no file of snippets", path.display())))
        }
        Ok(_) => std::fs::read_to_string(path).map(Some).map_err(io),
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(why) => Err(io(why)),
    }
}

fn parse(path: &Path, text: &str) -> Result<Vec<Snippet>, SnippetsError> {
    let shape: Shape =
        toml::from_str(text).map_err(|why| invalid(path, text, why.span(), why.message().replace('\n', "; ")))?;
    let mut out: Vec<Snippet> = Vec::new();
    for snippet in shape.snippet {
        let at = Some(snippet.span());
        let snippet = snippet.into_inner();
        if snippet.name.trim().is_empty() {
            return Err(invalid(path, text, at, "a snippet needs a name".to_owned()));
        }
        if snippet.text.trim().is_empty() {
            return Err(invalid(path, text, at, format!("the snippet “{}” has no text", snippet.name)));
        }
        if out.iter().any(|other| other.name.trim() == snippet.name.trim()) {
            return Err(invalid(path, text, at, format!("there are two snippets “{}”", snippet.name.trim())));
        }
        out.push(snippet);
    }
    Ok(out)
}

fn invalid(path: &Path, text: &str, span: Option<Range<usize>>, problem: String) -> SnippetsError {
    let at = span.map_or(0, |span| span.start.min(text.len()));
    let line = text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
    SnippetsError::Invalid { path: path.to_owned(), line, problem }
}

fn write(path: &Path, text: &str) -> Result<(), SnippetsError> {
    let io = |source| SnippetsError::Io { act: "write", path: path.to_owned(), source };
    // a link stays, and what it leads to is replaced
    let target = std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let folder = target.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    create_private_dir(folder).map_err(io)?;
    let mut file = tempfile::Builder::new().prefix(".snippets.").tempfile_in(folder).map_err(io)?;
    file.write_all(text.as_bytes()).and_then(|()| file.as_file().sync_all()).map_err(io)?;
    file.persist(&target).map_err(|why| io(why.error))?;
    Ok(())
}

/// What a new file begins with.
const HEADER: &str = r#"# Snippets for the compose box (Ctrl-T). The client reads this file each time it opens them, writes into it when one is
# made or changed there, and keeps your comments.
#
#   [[snippet]]
#   name = "On the way"
#   text = "Hi {first_name}, we are on the way and will be there at {time of arrival}."
#
# Filled in by itself: {name} and {first_name} of the contact, {number} theirs, {business} and {our_number} ours, {date},
# {weekday}, {time}; {cursor} is where you go on writing. Anything else in braces waits to be filled in: Tab goes there.
# A text of several lines stands between three quotes: """…"""
"#;

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn snippet(name: &str, text: &str) -> Snippet {
        Snippet { name: name.to_owned(), text: text.to_owned() }
    }

    fn home() -> (tempfile::TempDir, PathBuf) {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("config/snippets.toml");
        (home, path)
    }

    #[test]
    fn begins_with_a_file_that_explains_itself() {
        let (_home, path) = home();
        assert_eq!(load(&path).unwrap(), []);
        let new = snippet(" On the way ", "Hi {first_name},\nwe are on the way.");
        let now = change(&path, &Change::Add(new)).unwrap();
        assert_eq!(now, [snippet("On the way", "Hi {first_name},\nwe are on the way.")]);
        assert_eq!(load(&path).unwrap(), now);
        assert!(std::fs::read_to_string(&path).unwrap().starts_with("# Snippets for"));
    }

    #[test]
    fn comments_and_order_stay() {
        let (_home, path) = home();
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        let file = "# mine\n\n# the first\n[[snippet]]\nname = \"a\" # short\ntext = \"A\"\n\n# the second\n[[snippet]]\nname = \"b\"\ntext = 'B'\n";
        std::fs::write(&path, file).unwrap();
        change(&path, &Change::Replace(snippet("a", "A"), snippet("a", "A2"))).unwrap();
        change(&path, &Change::Add(snippet("c", "C"))).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        assert_eq!(text, format!("{}\n[[snippet]]\nname = \"c\"\ntext = \"C\"\n", file.replace("\"A\"", "\"A2\"")));
        let left = change(&path, &Change::Remove(snippet("a", "A2"))).unwrap();
        assert_eq!(left, [snippet("b", "B"), snippet("c", "C")]);
        assert!(std::fs::read_to_string(&path).unwrap().contains("# the second"));
    }

    #[test]
    fn a_file_that_changed_meanwhile_is_left_alone() {
        let (_home, path) = home();
        change(&path, &Change::Add(snippet("a", "A"))).unwrap();
        let before = std::fs::read_to_string(&path).unwrap();
        for refused in [
            Change::Replace(snippet("a", "other"), snippet("a", "new")),
            Change::Remove(snippet("b", "B")),
            Change::Add(snippet("a ", "again")),
            Change::Add(snippet("b", "  ")),
        ] {
            assert!(change(&path, &refused).is_err(), "{refused:?}");
            assert_eq!(std::fs::read_to_string(&path).unwrap(), before);
        }
    }

    #[rstest]
    #[case("[[snippet]]\nname = \"a\"\ntext = \"A\"\n[[snippet]]\nname = \"\"\ntext = \"B\"\n", 4, "needs a name")]
    #[case("[[snippet]]\nname = \"a\"\ntxt = \"A\"\n", 3, "txt")]
    #[case("[[snippet]]\nname = \"a\"\n", 1, "text")]
    #[case("[[snippet]]\nname = \"a\ntext = \"A\"\n", 2, "")]
    #[case("[[snippet]]\nname = \"a\"\ntext = \" \"\n", 1, "no text")]
    #[case(
        "[[snippet]]\nname = \"a\"\ntext = \"A\"\n\n[[snippet]]\nname = \"a\"\ntext = \"B\"\n",
        5,
        "two snippets “a”"
    )]
    #[case("[snippets]\n", 1, "snippets")]
    fn says_which_line_is_wrong(#[case] text: &str, #[case] line: usize, #[case] says: &str) {
        let error = parse(Path::new("snippets.toml"), text).unwrap_err();
        let SnippetsError::Invalid { line: found, .. } = &error else { panic!("{error}") };
        assert_eq!(*found, line, "{error}");
        assert!(error.to_string().contains(says), "{error}");
    }

    #[test]
    fn what_is_no_file_is_refused() {
        let home = tempfile::tempdir().unwrap();
        assert!(load(home.path()).unwrap_err().to_string().contains("no file of snippets"));
    }
}
