//! Handing something to a program of the system's, which goes its own way.

use std::path::Path;
use std::process::Stdio;

use crate::config::child;
use crate::config::places::Opener;
use crate::model::link;

/// Files that are looked at, listened to or read. Whatever else there is may be a program to somebody.
const HARMLESS: [&str; 30] = [
    "png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "heic", "heif", "avif", "mp3", "m4a", "aac", "amr",
    "ogg", "oga", "wav", "flac", "mp4", "m4v", "mov", "3gp", "3g2", "webm", "pdf", "txt", "csv", "vcf", "ics",
];

/// Whether a file's name says that it is nothing which runs.
pub(super) fn is_harmless(path: &Path) -> bool {
    let end = path.extension().and_then(|end| end.to_str()).unwrap_or_default().to_ascii_lowercase();
    HARMLESS.contains(&end.as_str())
}

/// Opens a link or a file that lies here. The error is for people.
pub(super) fn open(opener: &Opener, target: &str) -> Result<(), String> {
    if !link::may_be_opened(target) && !Path::new(target).is_absolute() {
        return Err("This is no address that can be opened".to_owned());
    }
    match opener {
        Opener::Nothing => Err("There is no program here to open it with".to_owned()),
        Opener::System => child::open_with_system(target).map_err(|why| format!("It could not be opened ({why})")),
        Opener::Program(program) => {
            let mut command = child::command(program);
            command.arg(target).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            match command.status() {
                Ok(status) if status.success() => Ok(()),
                Ok(status) => Err(format!("{} could not open it ({status})", program.display())),
                Err(why) => Err(format!("{} could not be started ({why})", program.display())),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("a.png", true)]
    #[case("a.JPEG", true)]
    #[case("a.png.exe", false)]
    #[case("a.desktop", false)]
    #[case("a.html", false)]
    #[case("a.sh", false)]
    #[case("png", false)]
    fn what_may_be_a_program_is_not_opened(#[case] name: &str, #[case] harmless: bool) {
        assert_eq!(is_harmless(Path::new(name)), harmless);
    }

    #[test]
    fn nothing_but_links_and_files_goes_to_a_program() {
        let opener = Opener::Program("/nonexistent".into());
        for target in ["--help", "javascript:alert(1)", "file:///etc/passwd", "relative/path"] {
            let refused = open(&opener, target).unwrap_err();
            assert!(refused.contains("no address"), "{target}: {refused}");
        }
        assert!(open(&opener, "https://a.example/").unwrap_err().contains("could not be started"));
        assert!(open(&Opener::Nothing, "https://a.example/").unwrap_err().contains("no program here"));
    }
}
