//! Holds the doors of the house: which room may import which (the header of `src/lib.rs`), and how large a file may grow.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use syn::visit::{self, Visit};

/// Room → rooms it may import, beside itself.
const DOORS: &[(&str, &[&str])] = &[
    ("model", &[]),
    ("files", &[]),
    ("config", &["model", "files"]),
    ("store", &["model", "files"]),
    ("api", &["model", "config", "files"]),
    ("sync", &["api", "store", "model", "config", "files"]),
    ("tui", &["model", "config"]),
    ("emulator", &["model"]),
    ("cli", &["api", "config", "emulator", "files", "model", "store", "sync", "tui"]),
];

/// The one door of the screen to the rooms that do things: the loop that carries messages, and what carries out effects.
const TUI_DOORS: &[&str] = &["tui.rs", "tui/effect.rs", "tui/effect/"];
const TUI_DOOR_ROOMS: &[&str] = &["model", "config", "sync", "store", "files"];

const LONGEST_FILE: usize = 400;

struct Imports {
    /// The file's own place, such as `["tui", "views", "help"]`.
    module: Vec<String>,
    found: BTreeMap<String, String>,
}

impl Imports {
    fn note(&mut self, segments: &[String]) {
        let mut path = match segments.first().map(String::as_str) {
            Some("crate") => Vec::new(),
            Some("super" | "self") => self.module.clone(),
            _ => return,
        };
        for segment in segments {
            match segment.as_str() {
                "crate" | "self" => {}
                "super" => {
                    path.pop();
                }
                name => path.push(name.to_owned()),
            }
        }
        if let Some(room) = path.first() {
            self.found.entry(room.clone()).or_insert_with(|| segments.join("::"));
        }
    }

    fn walk(&mut self, tree: &syn::UseTree, prefix: &mut Vec<String>) {
        match tree {
            syn::UseTree::Path(path) => {
                prefix.push(path.ident.to_string());
                self.walk(&path.tree, prefix);
                prefix.pop();
            }
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.walk(tree, prefix)),
            syn::UseTree::Name(name) => {
                prefix.push(name.ident.to_string());
                self.note(prefix);
                prefix.pop();
            }
            syn::UseTree::Rename(rename) => {
                prefix.push(rename.ident.to_string());
                self.note(prefix);
                prefix.pop();
            }
            syn::UseTree::Glob(_) => self.note(prefix),
        }
    }
}

impl<'ast> Visit<'ast> for Imports {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.walk(&item.tree, &mut Vec::new());
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.note(&segments);
        visit::visit_path(self, path);
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.module.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.module.pop();
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            files.push(path);
        }
    }
    files.sort();
    files
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn imports(text: &str, module: Vec<String>) -> BTreeMap<String, String> {
    let mut imports = Imports { module, found: BTreeMap::new() };
    imports.visit_file(&syn::parse_file(text).unwrap());
    imports.found
}

fn allowed(file: &str, room: &str) -> Option<&'static [&'static str]> {
    if room == "tui" && TUI_DOORS.iter().any(|door| file == *door || (door.ends_with('/') && file.starts_with(door))) {
        return Some(TUI_DOOR_ROOMS);
    }
    DOORS.iter().find(|(name, _)| *name == room).map(|(_, rooms)| *rooms)
}

#[test]
fn doors_open_only_as_planned() {
    let mut wrong = Vec::new();
    for path in sources(&root()) {
        let file = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        if matches!(file.as_str(), "lib.rs" | "main.rs") {
            continue;
        }
        let module: Vec<String> = file.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
        let room = module[0].clone();
        let Some(rooms) = allowed(&file, &room) else {
            wrong.push(format!("{file}: the house has no room {room}; say in tests/doors.rs whom it may import"));
            continue;
        };
        for (target, path) in imports(&std::fs::read_to_string(&path).unwrap(), module) {
            let is_room = DOORS.iter().any(|(name, _)| *name == target);
            if is_room && target != room && !rooms.contains(&target.as_str()) {
                wrong.push(format!("{file}: {room} may not import {target} ({path})"));
            }
        }
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn the_reader_of_imports_sees_every_spelling() {
    let text = "
        use crate::{api::Client, model};
        use super::super::store as s;
        mod inner { fn f() { super::super::super::sync::go(); crate::emulator::x(); } }
    ";
    let found = imports(text, vec!["tui".into(), "views".into()]);
    let rooms: Vec<_> = found.keys().map(String::as_str).collect();
    assert_eq!(rooms, ["api", "emulator", "model", "store", "sync"]);
}

#[test]
fn files_stay_small() {
    let long: Vec<_> = sources(&root())
        .into_iter()
        .map(|path| (std::fs::read_to_string(&path).unwrap().lines().count(), path))
        .filter(|(lines, _)| *lines > LONGEST_FILE)
        .collect();
    assert!(long.is_empty(), "longer than {LONGEST_FILE} lines: {long:#?}");
}

/// Where programs are started: the one place that keeps our keys from them.
const STARTS_PROGRAMS: &str = "config/child.rs";

/// What starts a program, in every spelling of its path.
#[derive(Default)]
struct Starts(Vec<String>);

impl Starts {
    fn note(&mut self, segments: &[String]) {
        let command = segments.windows(2).any(|pair| pair == ["process", "Command"]);
        // what is `open` to a crate is its own module where that has none of these
        let opens = |name: &str| name == "commands" || name.starts_with("that") || name.starts_with("with");
        let opener = segments.windows(2).any(|pair| pair[0] == "open" && opens(&pair[1]));
        if command || opener {
            self.0.push(segments.join("::"));
        }
    }

    fn walk(&mut self, tree: &syn::UseTree, prefix: &[String]) {
        let with = |name: &syn::Ident| [prefix, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.walk(&path.tree, &with(&path.ident)),
            syn::UseTree::Group(group) => group.items.iter().for_each(|tree| self.walk(tree, prefix)),
            syn::UseTree::Name(name) => self.note(&with(&name.ident)),
            syn::UseTree::Rename(rename) => self.note(&with(&rename.ident)),
            syn::UseTree::Glob(_) if prefix.last().is_some_and(|last| last == "process" || last == "open") => {
                self.0.push(format!("{}::*", prefix.join("::")));
            }
            syn::UseTree::Glob(_) => {}
        }
    }
}

impl<'ast> Visit<'ast> for Starts {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.walk(&item.tree, &[]);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let segments: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        self.note(&segments);
        visit::visit_path(self, path);
    }

    /// Tests start what they like.
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        if !module.attrs.iter().any(|attribute| attribute.path().is_ident("cfg")) || module.ident != "tests" {
            visit::visit_item_mod(self, module);
        }
    }
}

fn starts(text: &str) -> Vec<String> {
    let mut starts = Starts::default();
    starts.visit_file(&syn::parse_file(text).unwrap());
    starts.0
}

#[test]
fn programs_are_started_in_one_place() {
    let mut wrong = Vec::new();
    for path in sources(&root()) {
        let file = path.strip_prefix(root()).unwrap().to_str().unwrap().replace('\\', "/");
        if file == STARTS_PROGRAMS || file.contains("tests") {
            continue;
        }
        let found = starts(&std::fs::read_to_string(&path).unwrap());
        wrong.extend(found.iter().map(|what| format!("{file}: {what}; use {STARTS_PROGRAMS}, which keeps keys back")));
    }
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
    assert!(!starts(&std::fs::read_to_string(root().join(STARTS_PROGRAMS)).unwrap()).is_empty(), "it starts some");
}

#[test]
fn the_reader_of_starts_sees_every_spelling() {
    for text in [
        "use std::process::{Child, Command};",
        "use tokio::{io, process::Command as Start};",
        "use std::process; fn f() { process::Command::new(\"vi\"); }",
        "use std::process::*;",
        "fn f() { ::open::that_detached(\"x\"); }",
        "use open::that;",
    ] {
        assert_eq!(starts(text).len(), 1, "{text}");
    }
    assert!(
        starts("use std::process::{Child, Stdio}; #[cfg(test)] mod tests { use std::process::Command; }").is_empty()
    );
}
