use std::os::unix::fs::{PermissionsExt, symlink};

use rstest::rstest;

use super::editor::{EditorFolder, left_in};
use super::*;

fn draft(to: &str, text: &str) -> UnsentText {
    let contact = Contact { address: Address::parse(to).unwrap(), name: Some("Dana \u{1f600}".to_owned()) };
    UnsentText::Draft { number: Address::parse("+12025550101").unwrap(), contact, text: text.to_owned() }
}

fn both() -> Vec<UnsentText> {
    let begun = Address::parse("+12025550102").unwrap();
    let contact = |to: &str| Contact { address: Address::parse(to).unwrap(), name: None };
    let people = vec![contact("+12025550147"), contact("72345")];
    let broadcast = Broadcast { sender: begun.clone(), people, text: "Hi {first_name}".to_owned() };
    vec![draft("+12025550147", "line 1\nline “2”"), UnsentText::Broadcast { begun, broadcast }]
}

/// An installation with a shared folder.
struct House {
    home: tempfile::TempDir,
    shared: tempfile::TempDir,
}

impl House {
    fn new() -> Self {
        Self { home: tempfile::tempdir().unwrap(), shared: tempfile::tempdir().unwrap() }
    }

    fn folders(&self) -> RescueFolders {
        let places = Places::under(self.home.path());
        RescueFolders {
            cache: absolute(&places.cache_file()),
            own: vec![places.state, places.data],
            shared: vec![self.shared.path().to_owned()],
        }
    }

    /// A folder that cannot be made.
    fn block(&self, name: &str) {
        fs::write(self.home.path().join(name), "a file in its place").unwrap();
    }
}

fn texts(folders: &RescueFolders) -> Vec<Vec<UnsentText>> {
    folders.left().0.into_iter().map(|rescued| rescued.texts).collect()
}

#[test]
fn a_file_is_for_its_owner_and_comes_back_once_nobody_holds_it() {
    let house = House::new();
    let file = house.folders().write(&both(), Timestamp::UNIX_EPOCH).unwrap();
    let path = file.path().to_owned();
    assert_eq!(path.parent(), Some(house.home.path().join("state").as_path()));
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o7777, 0o600);
    assert!(texts(&house.folders()).is_empty(), "its process lives");
    drop(file);
    let (mut left, wrong) = house.folders().left();
    assert!(wrong.is_empty() && left.len() == 1, "{wrong:?}");
    let rescued = left.remove(0);
    assert_eq!((rescued.texts, rescued.at, rescued.before), (both(), Timestamp::UNIX_EPOCH, None));
    rescued.source.remove().unwrap();
    assert!(!path.exists());
}

#[test]
fn another_folder_takes_it_where_one_cannot_and_all_are_looked_through() {
    let house = House::new();
    house.block("state");
    let first = house.folders().write(&both(), Timestamp::UNIX_EPOCH).unwrap().path().to_owned();
    assert!(first.starts_with(house.home.path().join("data")), "{first:?}");
    let other = House { home: tempfile::tempdir().unwrap(), shared: house.shared };
    other.block("state");
    other.block("data");
    let second = other.folders().write(&both(), Timestamp::UNIX_EPOCH).unwrap().path().to_owned();
    assert!(second.starts_with(other.shared.path()), "{second:?}");
    assert_eq!(texts(&other.folders()), [both()]);
    let stranger = House { home: tempfile::tempdir().unwrap(), shared: other.shared };
    assert!(texts(&stranger.folders()).is_empty(), "it is of another cache");
    let nowhere = House { home: other.home, shared: tempfile::tempdir().unwrap() };
    let blocked = RescueFolders { shared: vec![nowhere.shared.path().join("none")], ..nowhere.folders() };
    let why = blocked.write(&both(), Timestamp::UNIX_EPOCH).unwrap_err();
    assert!(why.contains("/state: ") && why.contains("/data: ") && why.contains("/none: "), "{why}");
}

#[rstest]
#[case::open_to_others(0o640)]
#[case::to_be_run(0o700)]
#[case::anybody_writes(0o602)]
fn what_others_can_get_at_is_not_taken(#[case] mode: u32) {
    let house = House::new();
    let path = house.folders().write(&both(), Timestamp::UNIX_EPOCH).unwrap().path().to_owned();
    assert_eq!(texts(&house.folders()).len(), 1);
    fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
    assert!(texts(&house.folders()).is_empty());
}

#[test]
fn links_and_pipes_are_not_followed() {
    let house = House::new();
    let path = house.folders().write(&both(), Timestamp::UNIX_EPOCH).unwrap().path().to_owned();
    let elsewhere = house.home.path().join("elsewhere");
    fs::rename(&path, &elsewhere).unwrap();
    symlink(&elsewhere, &path).unwrap();
    assert!(texts(&house.folders()).is_empty(), "a link");
    fs::remove_file(&path).unwrap();
    fs::hard_link(&elsewhere, &path).unwrap();
    assert!(texts(&house.folders()).is_empty(), "a second name");
    fs::remove_file(&path).unwrap();
    assert!(std::process::Command::new("mkfifo").args(["-m", "600"]).arg(&path).status().unwrap().success());
    assert!(texts(&house.folders()).is_empty(), "a pipe");
}

#[rstest]
#[case("{\"mctui_rescue\":1,\"cac", true)]
#[case("{\"mctui_rescue\":2,\"cache\":\"\",\"saved_at\":\"2026-11-18T09:41:00Z\",\"texts\":[]}", true)]
#[case("", false)]
fn what_cannot_be_read_stays_and_is_told_of(#[case] json: &str, #[case] told: bool) {
    let house = House::new();
    let path = house.folders().write(&both(), Timestamp::UNIX_EPOCH).unwrap().path().to_owned();
    fs::write(&path, json).unwrap();
    let (left, wrong) = house.folders().left();
    assert!(left.is_empty() && path.exists());
    assert_eq!(wrong.iter().any(|why| why.contains(path.to_str().unwrap())), told, "{wrong:?}");
}

#[test]
fn what_an_editor_had_comes_back_after_a_kill() {
    let temporary = tempfile::tempdir().unwrap();
    let cache = Path::new("/somewhere/mctui.db");
    let folder = EditorFolder::within(temporary.path(), "before", Some((cache, draft("+12025550147", "")))).unwrap();
    fs::write(folder.file(), "after\r\nall\n").unwrap();
    assert!(left_in(temporary.path(), cache).is_empty(), "its mctui lives");
    // nothing is dropped by a kill, but locks go
    let path = folder.file().parent().unwrap().to_owned();
    let kept = temporary.path().join("mctui-edit-killed");
    fs::create_dir(&kept).unwrap();
    fs::set_permissions(&kept, fs::Permissions::from_mode(0o700)).unwrap();
    for entry in fs::read_dir(&path).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), kept.join(entry.file_name())).unwrap();
    }
    drop(folder);
    assert!(!path.exists());
    // the next editor does not sweep it away, however old it is
    let lock = OpenOptions::new().write(true).open(kept.join(".held")).unwrap();
    lock.set_modified(std::time::SystemTime::now() - std::time::Duration::from_secs(3_600)).unwrap();
    drop(EditorFolder::within(temporary.path(), "next", None).unwrap());
    assert!(left_in(temporary.path(), Path::new("/another/mctui.db")).is_empty());
    let mut left = left_in(temporary.path(), cache);
    assert_eq!(left.len(), 1);
    let rescued = left.remove(0);
    assert_eq!(rescued.texts, [draft("+12025550147", "after\nall")]);
    assert_eq!(rescued.before.as_deref(), Some("before"));
    assert!(left_in(temporary.path(), cache).is_empty(), "another mctui is just taking it");
    rescued.source.remove().unwrap();
    assert!(!kept.exists());
}

#[test]
fn of_a_text_that_is_no_file_any_more_what_it_was_is_left() {
    let temporary = tempfile::tempdir().unwrap();
    let cache = Path::new("/somewhere/mctui.db");
    let folder = EditorFolder::within(temporary.path(), "before", Some((cache, draft("+12025550147", "")))).unwrap();
    fs::remove_file(folder.file()).unwrap();
    symlink("/etc/passwd", folder.file()).unwrap();
    assert!(editor::read(&folder.file()).unwrap_err().to_string().contains("no text of a message"));
}

#[rstest]
#[case("one\ntwo\n", "one\ntwo")]
#[case("one\n\n", "one\n")]
#[case("one\r\ntwo\r\n", "one\ntwo")]
#[case("\u{feff}one", "one")]
#[case("", "")]
fn texts_come_back_as_they_were(#[case] file: &str, #[case] text: &str) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("message.txt");
    fs::write(&path, file).unwrap();
    assert_eq!(editor::read(&path).unwrap(), text);
}
