//! Where keys are kept, and putting them there: `mctui keys`, the keyring, the file's rights.

use std::os::unix::fs::PermissionsExt;

use mctui::config::{Config, Environment, Places};
use rstest::rstest;
use serde_json::json;

use crate::common::program::{Program, private};

const NO_KEYRING: (&str, &str) = ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere/bus");

#[tokio::test]
async fn keys_are_set_listed_and_forgotten() {
    let program = Program::bare();
    program.configure("# mine\n[[numbers]]\nphone = \"+12025550101\" # desk\nlabel = \"Desk\"\n");
    for (which, key) in [("api", "demo-api-1"), ("user", "demo-user-1"), ("Desk", "demo-desk-1")] {
        program.run_with(&["keys", "set", which], format!(" {key}\n").as_bytes()).await.says(0, "");
    }
    let text = std::fs::read_to_string(program.config_file()).unwrap();
    for part in ["# mine", "# desk", "api_key = \"demo-api-1\"", "user_key = \"demo-user-1\"", "key = \"demo-desk-1\""]
    {
        assert!(text.contains(part), "{part}: {text}");
    }
    let place = program.config_file().display().to_string();
    let file = |key: &str| json!({"key": key, "kept": "file", "place": place});
    assert_eq!(program.json(&["keys", "list"]).await, [file("api"), file("user"), file("+12025550101")]);
    let program = program.with("MIGHTYCALL_API_KEY", "demo-api-2");
    let listed = program.run(&["keys", "list"]).await;
    assert_eq!(
        listed.out,
        format!("api  environment  MIGHTYCALL_API_KEY\nuser  file  {place}\n(202) 555-0101  file  {place}\n")
    );
    program.run(&["keys", "forget", "user"]).await.says(0, "");
    let none = json!({"key": "user", "kept": "none", "place": null});
    assert_eq!(program.json(&["keys", "forget", "+1 202 555 0101"]).await[1], none);
    let text = std::fs::read_to_string(program.config_file()).unwrap();
    assert!(!text.contains("demo-user-1") && !text.contains("demo-desk-1") && text.contains("demo-api-1"), "{text}");
}

#[rstest]
#[case::empty("api", " \n", "no key was given")]
#[case::broken("api", "demo-\nsecret-1", "line break")]
#[case::unknown("2025550199", "demo-secret-1", "not one of your business numbers")]
#[case::nonsense("apple", "demo-secret-1", "not a phone number")]
#[case::command("user", "demo-secret-1", "comes from the command false")]
#[tokio::test]
async fn what_cannot_be_kept_is_said_and_changes_nothing(#[case] which: &str, #[case] key: &str, #[case] says: &str) {
    let program = Program::bare();
    let before = "[account]\nuser_key.command = [\"false\"]\n";
    program.configure(before);
    let run = program.run_with(&["keys", "set", which], key.as_bytes()).await;
    run.says(2, says);
    assert!(!format!("{run:?}").contains("secret-1"));
    assert_eq!(std::fs::read_to_string(program.config_file()).unwrap(), before);
}

#[tokio::test]
async fn without_a_keyring_it_says_what_to_do_and_keeps_the_old_key() {
    let program = Program::bare().with(NO_KEYRING.0, NO_KEYRING.1);
    let before = "[account]\nuser_key = \"demo-old\"\n";
    program.configure(before);
    let run = program.run_with(&["keys", "set", "user", "--keyring"], b"demo-secret-1").await;
    run.says(5, "no keyring can be reached");
    assert!(run.err.contains("variable") && !run.err.contains("secret-1"), "{run:?}");
    assert_eq!(std::fs::read_to_string(program.config_file()).unwrap(), before);

    program.configure("[account]\napi_key = \"demo-api\"\nuser_key.keyring = \"office\"\n");
    program.run(&["sync"]).await.says(5, "user_key: no keyring can be reached");
    let listed = program.run(&["keys", "list"]).await;
    listed.says(0, "");
    assert!(listed.out.contains("user  keyring  office"), "nobody has to ask the keyring for that: {listed:?}");
}

/// The only test of this binary that has a keyring in its own process.
#[test]
fn the_keyring_gives_its_keys() {
    let store = keyring_core::mock::Store::new().unwrap();
    keyring_core::set_default_store(store);
    let put = |entry: &str, key: &str| keyring_core::Entry::new("mctui", entry).unwrap().set_password(key).unwrap();
    put("office", "demo-user-key");
    put("desk", "demo-desk-key");
    let home = tempfile::tempdir().unwrap();
    let places = Places::under(home.path());
    std::fs::create_dir_all(&places.config).unwrap();
    let text =
        "[account]\nuser_key.keyring = \"office\"\n[[numbers]]\nphone = \"2025550101\"\nkey = { keyring = \"desk\" }\n";
    std::fs::write(places.config_file(), text).unwrap();
    private(&places.config_file());
    let config = Config::load(&places, &Environment::default()).unwrap();
    assert_eq!(config.account.user_key.as_ref().unwrap().expose(), "demo-user-key");
    assert_eq!(config.numbers[0].key.as_ref().unwrap().expose(), "demo-desk-key");
    assert!(!format!("{config:?}").contains("demo-"), "{config:?}");
    keyring_core::Entry::new("mctui", "desk").unwrap().delete_credential().unwrap();
    let why = Config::load(&places, &Environment::default()).unwrap_err().to_string();
    assert!(why.contains("the key of (202) 555-0101") && why.contains("no entry “desk”"), "{why}");
    assert!(Config::load_at_hand(&places, &Environment::default()).unwrap().account.user_key.is_none());
}

#[rstest]
#[case::others_read_a_key("api_key = \"demo-api\"", 0o640, Some("chmod 600"))]
#[case::others_change_a_command("api_key.command = [\"echo\", \"demo-api\"]", 0o620, Some("chmod 600"))]
#[case::others_change_an_entry("api_key.keyring = \"x\"", 0o602, Some("chmod 600"))]
#[case::others_read_a_command("api_key.command = [\"echo\", \"demo-api\"]", 0o644, None)]
#[case::no_key("api_key = \"\"", 0o664, None)]
fn a_file_that_is_open_to_others_is_refused(#[case] line: &str, #[case] mode: u32, #[case] says: Option<&str>) {
    let home = tempfile::tempdir().unwrap();
    let places = Places::under(home.path());
    std::fs::create_dir_all(&places.config).unwrap();
    std::fs::write(places.config_file(), format!("[account]\n{line}\n")).unwrap();
    std::fs::set_permissions(places.config_file(), std::fs::Permissions::from_mode(mode)).unwrap();
    let loaded = Config::load(&places, &Environment::default());
    match says {
        None => assert!(loaded.is_ok(), "{loaded:?}"),
        Some(says) => assert!(loaded.unwrap_err().to_string().contains(says)),
    }
}

/// Only an administrator can make such a file.
#[test]
fn another_users_file_is_refused() {
    let home = tempfile::tempdir().unwrap();
    let places = Places::under(home.path());
    std::fs::create_dir_all(&places.config).unwrap();
    std::fs::write(places.config_file(), "[account]\nbase_url = \"https://elsewhere.example\"\n").unwrap();
    private(&places.config_file());
    if std::os::unix::fs::chown(places.config_file(), Some(54_321), None).is_err() {
        return;
    }
    let refused = Config::load(&places, &Environment::default()).unwrap_err().to_string();
    assert!(refused.contains("another user") && refused.contains("chown"), "{refused}");
}
