//! The octets of a document, scanned from left to right: names, white space, values and texts.

use std::borrow::Cow;

use memchr::{memchr, memchr2, memchr3};

/// A place in a document.
pub(crate) struct Scanner<'a> {
    source: &'a str,
    at: usize,
}

/// A name (Namespaces in XML 1.0): its prefix, which may be empty, its local part, and both as they are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Name<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) local: &'a str,
    pub(crate) written: &'a str,
}

const NAME: u8 = 1;
const NAME_START: u8 = 2;
const WHITE_SPACE: u8 = 4;

/// What each octet may be. Names outside ASCII are left to the caller.
const CLASSES: [u8; 256] = classes();

const fn classes() -> [u8; 256] {
    let mut classes = [0; 256];
    let mut octet: u8 = 0;
    while octet < 128 {
        #[allow(clippy::indexing_slicing, reason = "computed when the crate is built")]
        {
            classes[octet as usize] = match octet {
                b'A'..=b'Z' | b'a'..=b'z' | b'_' => NAME | NAME_START,
                b'0'..=b'9' | b'-' | b'.' => NAME,
                b' ' | b'\t' | b'\n' => WHITE_SPACE,
                _ => 0,
            };
        }
        octet += 1;
    }
    classes
}

fn is(octet: u8, class: u8) -> bool {
    CLASSES.get(usize::from(octet)).is_some_and(|classes| classes & class != 0)
}

/// Tell whether `text` is white space alone; a carriage return can only come from a reference.
pub(crate) fn is_blank(text: &str) -> bool {
    text.bytes().all(|octet| is(octet, WHITE_SPACE) || octet == b'\r')
}

/// Tell whether `name` is a name without a colon.
pub(crate) fn is_nc_name(name: &str) -> bool {
    name.bytes().next().is_some_and(|first| is(first, NAME_START)) && name.bytes().all(|octet| is(octet, NAME))
}

impl<'a> Scanner<'a> {
    pub(crate) fn new(source: &'a str) -> Self {
        Self { source, at: 0 }
    }

    pub(crate) fn peek(&self) -> Option<u8> {
        self.source.as_bytes().get(self.at).copied()
    }

    /// Go past `octet`, where it is the next one.
    pub(crate) fn past(&mut self, octet: u8) -> bool {
        let found = self.peek() == Some(octet);
        self.at += usize::from(found);
        found
    }

    /// Go past white space, and tell whether there was any.
    pub(crate) fn past_white_space(&mut self) -> bool {
        let length = self.run(WHITE_SPACE);
        self.at += length;
        length > 0
    }

    /// Return how many of the next octets are of *class*, up to the first that is not.
    fn run(&self, class: u8) -> usize {
        let rest = self.source.as_bytes().get(self.at..).unwrap_or_default();
        rest.iter().position(|&octet| !is(octet, class)).unwrap_or(rest.len())
    }

    /// Go past a name.
    pub(crate) fn name(&mut self) -> Option<Name<'a>> {
        let start = self.at;
        let first = self.nc_name()?;
        if !self.past(b':') {
            return Some(Name { prefix: "", local: first, written: first });
        }
        let local = self.nc_name()?;
        let written = self.source.get(start..self.at)?;
        (first != "xml").then_some(Name { prefix: first, local, written })
    }

    /// Go past *written*, which must stand here whole, as a name.
    pub(crate) fn past_name(&mut self, written: &str) -> Option<()> {
        self.source.get(self.at..)?.starts_with(written).then_some(())?;
        self.at += written.len();
        self.peek().is_none_or(|next| !is(next, NAME) && next != b':' && next.is_ascii()).then_some(())
    }

    fn nc_name(&mut self) -> Option<&'a str> {
        if !self.peek().is_some_and(|octet| is(octet, NAME_START)) {
            return None;
        }
        let start = self.at;
        self.at += self.run(NAME);
        self.source.get(start..self.at)
    }

    /// Go past the equals sign and the value of an attribute, and return the value as CDATA is normalised (XML 1.0 section 3.3.3).
    pub(crate) fn value(&mut self) -> Option<Cow<'a, str>> {
        self.past_white_space();
        self.past(b'=').then_some(())?;
        self.past_white_space();
        let quote = self.peek().filter(|quote| matches!(quote, b'"' | b'\''))?;
        let inside = self.source.get(self.at + 1..)?;
        let length = memchr3(quote, b'<', b'&', inside.as_bytes())?;
        if inside.as_bytes().get(length) == Some(&quote) {
            let value = inside.get(..length)?;
            self.at += length + 2;
            if memchr2(b'\t', b'\n', value.as_bytes()).is_none() {
                return Some(Cow::Borrowed(value));
            }
            return normalised(value).map(Cow::Owned);
        }
        let value = inside.get(..memchr(quote, inside.as_bytes())?)?;
        self.at += value.len() + 2;
        normalised(value).map(Cow::Owned)
    }

    /// Go past the text before the next tag or reference, and return it; it may be empty.
    pub(crate) fn text(&mut self) -> Option<&'a str> {
        let rest = self.source.get(self.at..)?;
        let length = match rest.as_bytes().first() {
            Some(b'<' | b'&') => 0,
            _ => memchr2(b'<', b'&', rest.as_bytes()).unwrap_or(rest.len()),
        };
        self.at += length;
        rest.get(..length)
    }

    /// Go past the reference behind an ampersand, and return its character.
    pub(crate) fn reference(&mut self) -> Option<char> {
        let (name, _) = self.source.get(self.at..)?.split_once(';')?;
        self.at += name.len() + 1;
        character_of(name)
    }
}

fn normalised(raw: &str) -> Option<String> {
    let mut value = String::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.find(['&', '\t', '\n', '<']) {
        let (before, from) = rest.split_at(at);
        value.push_str(before);
        if from.starts_with('<') {
            return None;
        }
        if let Some(reference) = from.strip_prefix('&') {
            let (name, behind) = reference.split_once(';')?;
            value.push(character_of(name)?);
            rest = behind;
        } else {
            value.push(' ');
            rest = from.get(1..)?;
        }
    }
    value.push_str(rest);
    Some(value)
}

/// Return the character of a reference: one of the five entities, or a number.
fn character_of(name: &str) -> Option<char> {
    const LONGEST: usize = 8;
    match name {
        "amp" => return Some('&'),
        "lt" => return Some('<'),
        "gt" => return Some('>'),
        "quot" => return Some('"'),
        "apos" => return Some('\''),
        _ => {}
    }
    let digits = name.strip_prefix('#')?;
    let (digits, radix) = digits.strip_prefix('x').map_or((digits, 10), |hexadecimal| (hexadecimal, 16));
    if digits.is_empty() || digits.len() > LONGEST || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    let character = char::from_u32(u32::from_str_radix(digits, radix).ok()?)?;
    matches!(character, '\t' | '\n' | '\r' | ' '..='\u{D7FF}' | '\u{E000}'..='\u{FFFD}' | '\u{10000}'..='\u{10FFFF}').then_some(character)
}

#[cfg(test)]
mod tests {
    use super::{Name, Scanner, is_blank, is_nc_name};

    #[test]
    fn names_are_split_at_their_colon() {
        let both = Name { prefix: "saml", local: "Issuer", written: "saml:Issuer" };
        assert_eq!(Scanner::new("saml:Issuer>").name(), Some(both));
        assert_eq!(Scanner::new("Issuer/>").name(), Some(Name { prefix: "", local: "Issuer", written: "Issuer" }));
        for name in [":a", "a:", "1a", "a:1", "xml:id", "é", "-a", ""] {
            assert_eq!(Scanner::new(name).name(), None, "{name}");
        }
    }

    #[test]
    fn a_name_is_passed_whole_or_not_at_all() {
        for text in ["a:b>", "a:b >", "a:b"] {
            assert_eq!(Scanner::new(text).past_name("a:b"), Some(()), "{text}");
        }
        for text in ["a:bc>", "a:b:c>", "a:b.>", "a:bé>", "a>", "", "A:b>"] {
            assert_eq!(Scanner::new(text).past_name("a:b"), None, "{text}");
        }
    }

    #[test]
    fn values_are_normalised() {
        let value = |text| Scanner::new(text).value().map(std::borrow::Cow::into_owned);
        assert_eq!(value("=\"a b\""), Some("a b".to_owned()));
        assert_eq!(value(" = 'a\tb\nc'"), Some("a b c".to_owned()));
        assert_eq!(value("='&#9;&lt;&#x41;\"'"), Some("\t<A\"".to_owned()));
        for text in ["=\"a<b\"", "=\"a", "=a", "\"a\"", "=\"&a;\"", "=\"&#0;\"", "=\"&#xFFFF;\"", "=\"&#xD800;\"", "=\"&\"", "='&#+1;'"] {
            assert_eq!(value(text), None, "{text}");
        }
    }

    #[test]
    fn white_space_and_names_are_those_of_xml() {
        assert!(is_blank(" \t\r\n") && is_blank("") && !is_blank("\u{a0}"));
        assert!(is_nc_name("_a.b-1") && !is_nc_name("a:b") && !is_nc_name(""));
    }
}
