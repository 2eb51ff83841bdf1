//! What edits leave behind.

use std::os::unix::fs::PermissionsExt;

use rstest::rstest;

use super::*;
use crate::config::{Config, Environment, Places};

fn entry(phone: &str, is_default: bool) -> NumberEntry {
    NumberEntry { address: Address::parse(phone).unwrap(), label: Some("Main \"A\"".into()), key: None, is_default }
}

#[test]
fn keeps_comments_and_reads_back() {
    let home = tempfile::tempdir().unwrap();
    let places = Places::under(home.path());
    std::fs::create_dir_all(&places.config).unwrap();
    std::fs::write(
        places.config_file(),
        "# mine\n[account] # here\nbase_url = \"http://127.0.0.1:1\" # local\n\n[[numbers]]\nphone = \"202-555-0101\" # front desk\ndefault = true\n",
    )
    .unwrap();
    let mut editor = Editor::open(&places.config_file()).unwrap();
    editor.put_number(&entry("2025550102", true), &Change::Set(Secret::parse("demo-key-2").unwrap()));
    editor.account(&Change::Keep, &Change::Set(Secret::parse("demo-api-key").unwrap()), &Change::Clear);
    editor.save().unwrap();

    let text = std::fs::read_to_string(places.config_file()).unwrap();
    for comment in ["# mine", "# here", "# local", "# front desk"] {
        assert!(text.contains(comment), "{text}");
    }
    let config = Config::load(&places, &Environment::default()).unwrap();
    assert_eq!(config.default_number().unwrap().address.as_str(), "+12025550102");
    assert_eq!(config.numbers[1].key.as_ref().unwrap().expose(), "demo-key-2");
    assert_eq!(config.numbers[1].label.as_deref(), Some("Main \"A\""));
    assert_eq!(config.account.api_key.unwrap().expose(), "demo-api-key");
}

#[test]
fn adds_changes_and_removes() {
    let home = tempfile::tempdir().unwrap();
    let places = Places::under(home.path());
    let mut editor = Editor::open(&places.config_file()).unwrap();
    editor.put_number(&entry("2025550101", true), &Change::Set(Secret::parse("demo-key-1").unwrap()));
    editor.put_number(&entry("2025550102", false), &Change::Keep);
    editor.put_number(&NumberEntry { label: None, ..entry("(202) 555-0101", true) }, &Change::Keep);
    assert!(editor.set_default(&Address::parse("2025550102").unwrap()));
    assert!(!editor.set_default(&Address::parse("2025550199").unwrap()));
    editor.save().unwrap();
    let config = Config::load(&places, &Environment::default()).unwrap();
    assert_eq!(config.numbers.len(), 2);
    assert_eq!(config.numbers[0].label, None);
    assert_eq!(config.numbers[0].key.as_ref().unwrap().expose(), "demo-key-1");
    assert_eq!(config.default_number().unwrap().address.as_str(), "+12025550102");

    assert!(editor.remove_number(&Address::parse("2025550102").unwrap()));
    assert!(!editor.remove_number(&Address::parse("2025550102").unwrap()));
    editor.save().unwrap();
    assert_eq!(Config::load(&places, &Environment::default()).unwrap().numbers.len(), 1);
}

#[test]
fn is_private() {
    let home = tempfile::tempdir().unwrap();
    let places = Places::under(&home.path().join("new"));
    Editor::open(&places.config_file()).unwrap().save().unwrap();
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&places.config), mode(&places.config_file())), (0o700, 0o600));
}

#[rstest]
#[case("[account\nkey = 'demo'")]
#[case("account = 1")]
#[case("account = ['http://127.0.0.1:1', 'demo-key-1']")]
#[case("[[account]]")]
#[case("[numbers]\na = 1")]
#[case("numbers = [1, {}]")]
#[case("numbers = [['2025550101', 'Main', 'demo-key-1']]")]
#[case("sync = ''")]
#[case("sync = [7]")]
fn nonsense_is_left_alone(#[case] nonsense: &str) {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("config.toml");
    std::fs::write(&path, nonsense).unwrap();
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert!(Editor::open(&path).is_err());
    assert_eq!(std::fs::read_to_string(&path).unwrap(), nonsense);
}

/// A file with this in it, 0600, and the folder that it is in.
fn written(text: &str) -> (tempfile::TempDir, Places) {
    let home = tempfile::tempdir().unwrap();
    let places = Places::under(home.path());
    create_private_dir(&places.config).unwrap();
    std::fs::write(places.config_file(), text).unwrap();
    std::fs::set_permissions(places.config_file(), std::fs::Permissions::from_mode(0o600)).unwrap();
    (home, places)
}

/// What an edit makes of a text.
fn edited(text: &str, edit: impl FnOnce(&mut Editor)) -> Result<String, ConfigError> {
    let (_home, places) = written(text);
    let mut editor = Editor::open(&places.config_file())?;
    edit(&mut editor);
    let saved = editor.save();
    let after = std::fs::read_to_string(places.config_file()).unwrap();
    if saved.is_err() {
        assert_eq!(after, text, "what is refused is not written");
    }
    let left: Vec<_> = std::fs::read_dir(&places.config).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["config.toml"], "nothing lies about");
    saved.map(|()| after)
}

fn address(text: &str) -> Address {
    Address::parse(text).unwrap()
}

fn key(text: &str) -> Change<Secret> {
    Change::Set(Secret::parse(text).unwrap())
}

const INLINE: &str = "\
# ours
numbers = [ # front to back
  { phone = \"2025550101\", default = true }, # front desk
  # the big one
  { phone = \"2025550102\", key = \"demo-key-2\" }, # workshop
  { phone = \"2025550103\" }, # shed
] # that is all
";

#[test]
fn inline_numbers_stay_inline_with_their_comments() {
    let after = edited(INLINE, |editor| {
        assert!(editor.set_default(&address("2025550102")));
        editor.key(&Which::Number(address("2025550101")), &key("demo-key-1"));
        editor.put_number(&NumberEntry { label: Some("New".into()), ..entry("2025550104", false) }, &Change::Keep);
    });
    let expected = "\
# ours
numbers = [ # front to back
  { phone = \"2025550101\", key = \"demo-key-1\" }, # front desk
  # the big one
  { phone = \"2025550102\", key = \"demo-key-2\", default = true }, # workshop
  { phone = \"2025550103\" }, # shed
  { phone = \"+12025550104\", label = \"New\" },
] # that is all
";
    assert_eq!(after.unwrap(), expected);
}

#[rstest]
#[case("2025550101", &["# front to back", "# the big one", "# workshop", "# shed"], "# front desk")]
#[case("2025550102", &["# front to back", "# front desk", "# shed"], "# workshop")]
#[case("2025550103", &["# front to back", "# front desk", "# the big one", "# workshop"], "# shed")]
fn an_inline_number_goes_with_its_own_comment(#[case] gone: &str, #[case] stay: &[&str], #[case] goes: &str) {
    let after = edited(INLINE, |editor| assert!(editor.remove_number(&address(gone)))).unwrap();
    for comment in stay {
        assert!(after.contains(comment), "{comment} is lost:\n{after}");
    }
    assert!(!after.contains(goes) && !after.contains(gone), "{after}");
}

#[rstest]
#[case("numbers = []\n", "numbers = [{ phone = \"+12025550101\" }]\n")]
#[case("numbers = [{phone=\"2025550102\"}]\n", "numbers = [{phone=\"2025550102\"}, { phone = \"+12025550101\" }]\n")]
fn inline_numbers_on_one_line_stay_there(#[case] before: &str, #[case] after: &str) {
    let number = NumberEntry { label: None, ..entry("2025550101", false) };
    assert_eq!(edited(before, |editor| editor.put_number(&number, &Change::Keep)).unwrap(), after);
}

#[test]
fn an_account_on_one_line_is_an_account() {
    let after = edited("account = { api_key = \"demo-1\", scheme = \"oauth\" } # mine\n", |editor| {
        editor.account(&Change::Keep, &key("demo-2"), &key("demo-3"));
    })
    .unwrap();
    assert!(after.contains("api_key = \"demo-2\"") && after.contains("user_key = \"demo-3\""), "{after}");
    assert!(after.contains("# mine") && after.contains("oauth"), "{after}");
}

#[rstest]
#[case::dotted(
    "sync.daily_requests = 2_500 # less\nsync.history_limit = 9\n[account] # here\n",
    "sync.daily_requests = 2000 # less\nsync.history_limit = 9\nsync.poll_seconds = 30\n[account] # here\n"
)]
#[case::standard(
    "[sync] # slowly\npoll_seconds = 60 # a minute\n# all of them\ndaily_requests = 2_500 # a day\n[keys] # mine\n",
    "[sync] # slowly\npoll_seconds = 30 # a minute\n# all of them\ndaily_requests = 2000 # a day\n[keys] # mine\n"
)]
#[case::inline(
    "sync = { poll_seconds = 60 } # slowly\n",
    "sync = { poll_seconds = 30, daily_requests = 2000 } # slowly\n"
)]
#[case::inline_with_a_comment(
    "sync = { # slowly\n  poll_seconds = 60, # a minute\n  daily_requests = 2_500 # a day\n} # all\n",
    "sync = { # slowly\n  poll_seconds = 30, # a minute\n  daily_requests = 2000 # a day\n} # all\n"
)]
#[case::missing("# mine\n", "[sync]\npoll_seconds = 30\ndaily_requests = 2000\n# mine\n")]
fn the_pace_changes_and_what_stands_around_it_stays(#[case] before: &str, #[case] after: &str) {
    assert_eq!(edited(before, |editor| editor.pace(30, 2_000)).unwrap(), after);
}

#[rstest]
#[case::command("[account]\nuser_key.command = [\"false\"] # vault\n")]
#[case::keyring("[account]\nuser_key = { keyring = \"x\" }\n")]
#[case::table("[account.user_key]\ncommand = [\"false\"]\n")]
fn a_key_from_elsewhere_is_replaced_only_where_somebody_says_so(#[case] before: &str) {
    let account = |change: Change<Secret>| {
        edited(before, |editor| editor.account(&Change::Set("http://127.0.0.1:9".into()), &Change::Keep, &change))
    };
    let secret = Secret::parse("demo-new").unwrap();
    let why = account(Change::Set(secret.clone())).unwrap_err().to_string();
    assert!(why.contains("mctui keys forget") && !why.contains("demo-new"), "{why}");
    let kept = account(Change::Keep).unwrap();
    assert!(kept.contains("command") || kept.contains("keyring = \"x\""), "{kept}");
    let replaced = account(Change::Replace(secret)).unwrap();
    assert!(replaced.contains("user_key = \"demo-new\""), "{replaced}");
    assert!(!replaced.contains("command") && !replaced.contains("keyring"), "{replaced}");
    assert!(!account(Change::Clear).unwrap().contains("user_key"));
}

#[test]
fn a_key_goes_from_the_file_to_the_keyring() {
    let before =
        "[account]\nuser_key = \"demo-old\" # of the desk\n[[numbers]]\nphone = \"2025550101\"\nkey = \"demo-old\"\n";
    let after = edited(before, |editor| {
        editor.key_in_keyring(&Which::User, "user_key");
        editor.key_in_keyring(&Which::Number(address("2025550101")), "desk");
    })
    .unwrap();
    assert!(after.contains("user_key = { keyring = \"user_key\" } # of the desk"), "{after}");
    assert!(after.contains("key = { keyring = \"desk\" }") && !after.contains("demo-old"), "{after}");
}

#[test]
fn a_link_stays_a_link() {
    let (home, places) = written("");
    let real = home.path().join("dotfiles/mctui.toml");
    std::fs::create_dir(home.path().join("dotfiles")).unwrap();
    std::fs::write(&real, "# mine\n").unwrap();
    std::fs::set_permissions(&real, std::fs::Permissions::from_mode(0o644)).unwrap();
    std::fs::remove_file(places.config_file()).unwrap();
    std::os::unix::fs::symlink("../dotfiles/mctui.toml", places.config_file()).unwrap();
    let change = || {
        let mut editor = Editor::open(&places.config_file()).unwrap();
        editor.key(&Which::Api, &key("demo-api-key"));
        editor.save().unwrap();
        assert!(std::fs::symlink_metadata(places.config_file()).unwrap().is_symlink());
        let text = std::fs::read_to_string(&real).unwrap();
        assert!(text.contains("demo-api-key"), "{text}");
        assert_eq!(std::fs::metadata(&real).unwrap().permissions().mode() & 0o777, 0o600);
        text
    };
    assert!(change().contains("# mine"));
    // and where there is nothing yet at its end
    std::fs::remove_file(&real).unwrap();
    assert!(change().contains("mctui's settings"));
}

#[test]
fn what_cannot_be_read_again_is_not_written() {
    let before = "[[numbers]]\nphone = \"2025550101\"\n";
    let why = edited(before, |editor| {
        editor.account(&Change::Set("ftp://example.com".into()), &key("demo-secret-1"), &Change::Keep);
    });
    let why = why.unwrap_err().to_string();
    assert!(why.contains("nothing was written") && why.contains("https://") && !why.contains("secret-1"), "{why}");
}

#[test]
fn debug_has_no_key_in_it() {
    let (_home, places) = written("[account]\napi_key = \"demo-secret-1\"\n");
    let debug = format!("{:?}", Editor::open(&places.config_file()).unwrap());
    assert!(debug.contains("config.toml") && !debug.contains("secret-1"), "{debug}");
}
