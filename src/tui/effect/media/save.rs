//! Putting a file among the downloads, over nothing that is there.

use std::fs::OpenOptions;
use std::io;
use std::path::{Path, PathBuf};

use crate::config::edit::create_private_dir;
use crate::files;

/// Names tried before somebody is asked to tidy up.
const TRIES: u32 = 1_000;

/// Copies a file into a folder under its name, or `name (2).jpg` where that is taken. Gives back where it is.
pub(super) fn save(from: &Path, folder: &Path) -> io::Result<PathBuf> {
    // for its owner alone, as what a customer sent is: whoever wants to share it can
    create_private_dir(folder)?;
    let mut source = files::open_plain(from, OpenOptions::new().read(true))?;
    for count in 1..=TRIES {
        let path = folder.join(name(from, count));
        match files::create_new(&path) {
            Ok(mut file) => {
                io::copy(&mut source, &mut file)?;
                return Ok(path);
            }
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
            Err(why) => return Err(why),
        }
    }
    Err(io::ErrorKind::AlreadyExists.into())
}

fn name(from: &Path, count: u32) -> PathBuf {
    let name = from.file_name().unwrap_or("attachment".as_ref());
    if count == 1 {
        return name.into();
    }
    let stem = Path::new(name).file_stem().unwrap_or(name).to_string_lossy();
    let end = Path::new(name).extension().map_or_else(String::new, |end| format!(".{}", end.to_string_lossy()));
    format!("{stem} ({count}){end}").into()
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn overwrites_nothing() {
        let home = tempfile::tempdir().unwrap();
        let (from, folder) = (home.path().join("crack.png"), home.path().join("down/loads"));
        fs::write(&from, b"new").unwrap();
        let names: Vec<PathBuf> = (0..3).map(|_| save(&from, &folder).unwrap()).collect();
        let names: Vec<_> = names.iter().map(|path| path.strip_prefix(&folder).unwrap().to_str().unwrap()).collect();
        assert_eq!(names, ["crack.png", "crack (2).png", "crack (3).png"]);
        fs::write(folder.join("crack.png"), b"theirs").unwrap();
        save(&from, &folder).unwrap();
        assert_eq!(fs::read(folder.join("crack.png")).unwrap(), b"theirs");
        assert_eq!(fs::read(folder.join("crack (4).png")).unwrap(), b"new");
    }

    #[cfg(unix)]
    #[test]
    fn follows_no_link_out_of_the_folder() {
        let home = tempfile::tempdir().unwrap();
        let (from, folder) = (home.path().join("a.png"), home.path().join("downloads"));
        fs::write(&from, b"new").unwrap();
        fs::create_dir(&folder).unwrap();
        let outside = home.path().join("outside");
        std::os::unix::fs::symlink(&outside, folder.join("a.png")).unwrap();
        let saved = save(&from, &folder).unwrap();
        assert!(saved.ends_with("a (2).png") && !outside.exists());
        let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(saved).unwrap().permissions());
        assert_eq!(mode & 0o777, 0o600);
        // nor is what a link in the place of a fetched file leads to saved for it
        fs::remove_file(&from).unwrap();
        std::os::unix::fs::symlink("/etc/passwd", &from).unwrap();
        assert!(save(&from, &folder).is_err());
    }
}
