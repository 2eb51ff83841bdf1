//! Files as a zip archive, as `mmsAttachments` gives them (`mightycall-api.md`, section 7).

use std::collections::HashSet;
use std::io::{Cursor, Write};

use zip::write::{SimpleFileOptions, ZipWriter};

use super::world::File;

/// The archive; `None` where a name cannot be in one. Of files with the same name, the later ones have their place before
/// it.
pub(super) fn archive(files: &[File]) -> Option<Vec<u8>> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    let mut taken = HashSet::new();
    for (place, file) in files.iter().enumerate() {
        let name = if taken.insert(&file.name) { file.name.clone() } else { format!("{}-{}", place + 1, file.name) };
        writer.start_file(name, SimpleFileOptions::default()).ok()?;
        writer.write_all(&file.data).ok()?;
    }
    writer.finish().ok().map(Cursor::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_the_same_name_are_all_in_it() {
        let file = |data: &[u8]| File { name: "image.jpg".to_owned(), data: data.to_vec() };
        let bytes = archive(&[file(b"one"), file(b"two")]).unwrap();
        let archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        let mut names: Vec<_> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        names.sort();
        assert_eq!(names, ["2-image.jpg", "image.jpg"]);
    }
}
