//! The bytes of a sidecar as text and back: UTF-8 and UTF-16, with or without a byte order mark.

use crate::Damage;

/// A sidecar's text, and what lies around it.
#[derive(Debug)]
pub(crate) struct Contents {
    /// Without what programs leave before and after: white space, zeros and the byte order mark.
    pub text: String,
    before: String,
    after: String,
    encoding: Encoding,
}

#[derive(Debug, Clone, Copy)]
enum Encoding {
    Utf8,
    Utf16Little,
    Utf16Big,
}

impl Contents {
    pub(crate) fn decode(bytes: &[u8]) -> Result<Self, Damage> {
        let encoding = match bytes {
            [0xFF, 0xFE, ..] | [b'<', 0, ..] => Encoding::Utf16Little,
            [0xFE, 0xFF, ..] | [0, b'<', ..] => Encoding::Utf16Big,
            _ => Encoding::Utf8,
        };
        let whole = match encoding {
            Encoding::Utf8 => from_utf8(bytes)?,
            Encoding::Utf16Little => from_utf16(bytes, u16::from_le_bytes)?,
            Encoding::Utf16Big => from_utf16(bytes, u16::from_be_bytes)?,
        };
        let is_around = |c: char| c.is_whitespace() || c == '\0' || c == '\u{FEFF}';
        let from_start = whole.trim_start_matches(is_around);
        let text = from_start.trim_end_matches(is_around);
        if text.is_empty() {
            return Err(Damage::after("", "it is empty"));
        }
        Ok(Self {
            before: whole[..whole.len() - from_start.len()].to_owned(),
            after: from_start[text.len()..].to_owned(),
            text: text.to_owned(),
            encoding,
        })
    }

    /// The bytes with another text: around it, and in its encoding, all is as it was.
    pub(crate) fn encode(&self, text: &str) -> Vec<u8> {
        let whole = [self.before.as_str(), text, &self.after].concat();
        match self.encoding {
            Encoding::Utf8 => whole.into_bytes(),
            Encoding::Utf16Little => whole.encode_utf16().flat_map(u16::to_le_bytes).collect(),
            Encoding::Utf16Big => whole.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        }
    }
}

fn from_utf8(bytes: &[u8]) -> Result<String, Damage> {
    String::from_utf8(bytes.to_vec()).map_err(|error| {
        let valid = &bytes[..error.utf8_error().valid_up_to()];
        Damage::after(&String::from_utf8_lossy(valid), "a byte that is not UTF-8")
    })
}

fn from_utf16(bytes: &[u8], unit: impl Fn([u8; 2]) -> u16) -> Result<String, Damage> {
    let pairs = bytes.chunks(2).map(|pair| <[u8; 2]>::try_from(pair).ok());
    let units = pairs.map(|pair| pair.map_or(0xDC00, &unit));
    let mut text = String::with_capacity(bytes.len());
    for character in char::decode_utf16(units) {
        let Ok(character) = character else {
            return Err(Damage::after(&text, "half of a character in UTF-16"));
        };
        text.push(character);
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_encoding_is_read_and_written_back_byte_for_byte() {
        let text = "<a>Zoë 猫 🐈</a>";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        for bytes in [
            text.as_bytes().to_vec(),
            ["\u{FEFF}".as_bytes(), b"\r\n ", text.as_bytes(), b"\n\0\0"].concat(),
            little.clone(),
            [&[0xFF, 0xFE][..], &little].concat(),
            big.clone(),
            [&[0xFE, 0xFF][..], &big, &[0, 10]].concat(),
        ] {
            let contents = Contents::decode(&bytes).expect("text");
            assert_eq!(contents.text, text);
            assert_eq!(contents.encode(text), bytes);
        }
    }

    #[test]
    fn what_is_no_text_says_where() {
        let place = |bytes: &[u8]| {
            let damage = Contents::decode(bytes).expect_err("no text");
            (damage.line, damage.column)
        };
        assert_eq!(place(b"<a>\n\xC3\xA9\xFF</a>"), (2, 2));
        assert_eq!(place(&[0xFF, 0xFE, b'<', 0, 0, 0xD8, b'a', 0]), (1, 3));
        assert_eq!(place(&[b'<', 0, b'a']), (1, 2));
        for empty in [&b""[..], b" \n\0", b"\xEF\xBB\xBF"] {
            assert_eq!(place(empty), (1, 1));
        }
    }
}
