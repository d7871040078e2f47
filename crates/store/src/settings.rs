//! Settings of the library: named texts. What they mean is not known here.

use rusqlite::{OptionalExtension, params};

use crate::{Error, Store};

impl Store {
    /// The value of the setting `name`, if it was ever set.
    ///
    /// # Errors
    /// When the catalog cannot be read.
    pub fn setting(&self, name: &str) -> Result<Option<String>, Error> {
        self.read(|view| {
            let mut find = view.prepare_cached("SELECT value FROM settings WHERE name = ?1")?;
            Ok(find.query_row([name], |row| row.get(0)).optional()?)
        })
    }

    /// Sets `name` to `value`.
    ///
    /// # Errors
    /// When the catalog cannot be written.
    pub fn set_setting(&self, name: &str, value: &str) -> Result<(), Error> {
        self.write(|catalog| {
            let upsert = "INSERT INTO settings (name, value) VALUES (?1, ?2)
                          ON CONFLICT (name) DO UPDATE SET value = excluded.value";
            catalog.execute(upsert, params![name, value])?;
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use crate::testing::Library;

    #[test]
    fn a_setting_keeps_its_last_value() {
        let library = Library::new();
        let store = &library.store;
        assert_eq!(store.setting("theme").expect("an answer"), None);
        store.set_setting("theme", "dark").expect("set");
        store.set_setting("theme", "light").expect("set");
        assert_eq!(store.setting("theme").expect("an answer").as_deref(), Some("light"));
    }
}
