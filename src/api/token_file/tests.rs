use rstest::rstest;

use super::*;

fn secret(text: &str) -> Secret {
    Secret::parse(text).unwrap()
}

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn file(folder: &Path, secret_text: &str) -> TokenFile {
    let base = BaseUrl::parse("http://127.0.0.1:9/v4").unwrap();
    TokenFile::new(folder, &base, &secret("demo-api-key"), &secret(secret_text))
}

fn stored() -> Stored {
    Stored {
        access: secret("demo-access"),
        refresh: Some(secret("demo-refresh")),
        obtained_at: at("2026-01-15T00:00:00Z"),
        expires_at: at("2026-01-16T00:00:00Z"),
    }
}

#[test]
fn keeps_a_token_for_its_keys_alone() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("state").join("tokens");
    let ours = file(&folder, "101");
    ours.write(&stored()).unwrap();
    let now = at("2026-01-15T12:00:00Z");
    assert!(ours.read(now) == Some(stored()));
    assert!(file(&folder, "102").read(now).is_none());
    let elsewhere = BaseUrl::parse("http://127.0.0.1:8/v4").unwrap();
    assert!(TokenFile::new(&folder, &elsewhere, &secret("demo-api-key"), &secret("101")).read(now).is_none());
    let without = Stored { refresh: None, ..stored() };
    ours.write(&without).unwrap();
    assert!(ours.read(now) == Some(without));
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 1, "nothing is left behind by writing");
}

#[rstest]
#[case::in_time("2026-01-15T23:59:59Z", true)]
#[case::expired("2026-01-16T00:00:00Z", false)]
#[case::clocks_differ_a_little("2026-01-14T23:56:00Z", true)]
#[case::from_the_future("2026-01-14T23:00:00Z", false)]
fn has_an_end(#[case] now: &str, #[case] alive: bool) {
    let home = tempfile::tempdir().unwrap();
    let file = file(home.path(), "101");
    file.write(&stored()).unwrap();
    assert_eq!(file.read(at(now)).is_some(), alive);
}

#[rstest]
#[case(b"".to_vec())]
#[case(b"{\"access_token\":".to_vec())]
#[case(b"\xff\xfe{}".to_vec())]
#[case(b"[1,2,3]".to_vec())]
#[case(vec![b' '; 100_000])]
fn garbage_is_deleted(#[case] garbage: Vec<u8>) {
    let home = tempfile::tempdir().unwrap();
    let file = file(home.path(), "101");
    file.write(&stored()).unwrap();
    fs::write(file.path(), garbage).unwrap();
    assert!(file.read(at("2026-01-15T12:00:00Z")).is_none());
    assert!(!file.path().exists());
}

#[test]
fn a_file_of_other_keys_under_this_name_is_no_use() {
    let home = tempfile::tempdir().unwrap();
    let (ours, theirs) = (file(home.path(), "101"), file(home.path(), "102"));
    theirs.write(&stored()).unwrap();
    fs::rename(theirs.path(), ours.path()).unwrap();
    assert!(ours.read(at("2026-01-15T12:00:00Z")).is_none());
}

#[cfg(unix)]
#[rstest]
#[case(0o640)]
#[case(0o604)]
#[case(0o620)]
fn a_file_that_others_can_reach_is_deleted(#[case] mode: u32) {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let file = file(home.path(), "101");
    file.write(&stored()).unwrap();
    fs::set_permissions(file.path(), fs::Permissions::from_mode(mode)).unwrap();
    assert!(file.read(at("2026-01-15T12:00:00Z")).is_none());
    assert!(!file.path().exists());
}

#[cfg(unix)]
#[test]
fn file_lock_and_folder_are_their_owners_alone() {
    use std::os::unix::fs::PermissionsExt;
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("tokens");
    fs::create_dir(&folder).unwrap();
    fs::set_permissions(&folder, fs::Permissions::from_mode(0o755)).unwrap();
    let file = file(&folder, "101");
    file.write(&stored()).unwrap();
    let lock = file.try_lock().unwrap();
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&folder), mode(&file.path())), (0o700, 0o600));
    for entry in fs::read_dir(&folder).unwrap() {
        assert_eq!(mode(&entry.unwrap().path()), 0o600);
    }
    assert!(lock.is_some() && file.try_lock().unwrap().is_none(), "one renews at a time");
    drop(lock);
    assert!(file.try_lock().unwrap().is_some());
}

#[cfg(unix)]
#[test]
fn no_link_is_followed_to_a_token_or_its_lock() {
    use std::os::unix::fs::symlink;
    let home = tempfile::tempdir().unwrap();
    let (folder, away) = (home.path().join("tokens"), home.path().join("away"));
    let file = file(&folder, "101");
    file.write(&stored()).unwrap();
    fs::rename(file.path(), &away).unwrap();
    symlink(&away, file.path()).unwrap();
    let now = at("2026-01-15T12:00:00Z");
    assert!(file.read(now).is_none());
    assert!(away.exists() && fs::symlink_metadata(file.path()).is_err(), "the link goes, and not what it leads to");
    let lock = file.path().with_extension("lock");
    symlink(home.path().join("made"), &lock).unwrap();
    let why = file.try_lock().unwrap_err().to_string();
    assert!(why.contains("link") && why.contains(lock.to_str().unwrap()), "{why}");
    assert!(!home.path().join("made").exists());
    // and a pipe is not waited for
    assert!(std::process::Command::new("mkfifo").arg(file.path()).status().unwrap().success());
    assert!(file.read(now).is_none());
    fs::remove_dir_all(&folder).unwrap();
    fs::create_dir(home.path().join("elsewhere")).unwrap();
    symlink(home.path().join("elsewhere"), &folder).unwrap();
    let why = file.write(&stored()).unwrap_err().to_string();
    assert!(why.contains("link") && why.contains(folder.to_str().unwrap()), "{why}");
    assert_eq!(fs::read_dir(home.path().join("elsewhere")).unwrap().count(), 0);
}

#[test]
fn tokens_of_keys_long_gone_are_deleted() {
    let home = tempfile::tempdir().unwrap();
    let (old, new) = (file(home.path(), "101"), file(home.path(), "102"));
    old.write(&stored()).unwrap();
    let days_ago = std::time::SystemTime::now() - LEFT_BEHIND - Duration::from_secs(60);
    fs::OpenOptions::new().write(true).open(old.path()).unwrap().set_modified(days_ago).unwrap();
    new.write(&stored()).unwrap();
    assert!(!old.path().exists() && new.path().exists());
}
