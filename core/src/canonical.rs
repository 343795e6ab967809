//! Exclusive canonical XML 1.0 of one element, without comments.

use std::borrow::Cow;

use memchr::{memchr, memchr2};

use crate::document::{Attribute, Declaration, Document, Element, Event, Start};

/// Return the canonical octets of *element* without the element at the place `left_out`.
///
/// `prefixes` is the `PrefixList` of `InclusiveNamespaces`: a namespace of these is written wherever it changes, used or not.
pub(crate) fn canonical(element: Element<'_, '_>, left_out: Option<usize>, prefixes: &[&str], size: usize) -> Option<Vec<u8>> {
    let mut writer = Writer { document: element.document, prefixes, octets: Vec::with_capacity(size), written: Vec::with_capacity(8) };
    writer.write(element, left_out)?;
    Some(writer.octets)
}

struct Writer<'d, 'a> {
    document: &'d Document<'a>,
    prefixes: &'d [&'d str],
    octets: Vec<u8>,
    /// The declarations written by the open elements of the output.
    written: Vec<Declaration<'a>>,
}

impl<'a> Writer<'_, 'a> {
    fn write(&mut self, element: Element<'_, 'a>, left_out: Option<usize>) -> Option<()> {
        let mut open: Vec<(&Start<'a>, usize)> = Vec::with_capacity(16);
        let mut at = element.at;
        loop {
            match self.document.events.get(at)? {
                Event::Start(start) if Some(at) == left_out => at = start.end,
                Event::Start(start) => {
                    open.push((start, self.written.len()));
                    self.start(start)?;
                }
                Event::Text(text) => self.text(text),
                Event::End => {
                    let (start, written) = open.pop()?;
                    self.octets.extend_from_slice(b"</");
                    self.octets.extend_from_slice(start.written.as_bytes());
                    self.octets.push(b'>');
                    self.written.truncate(written);
                    if open.is_empty() {
                        return Some(());
                    }
                }
            }
            at += 1;
        }
    }

    fn start(&mut self, start: &Start<'a>) -> Option<()> {
        let attributes = self.document.attributes(start);
        self.octets.push(b'<');
        self.octets.extend_from_slice(start.written.as_bytes());
        let before = self.written.len();
        self.need(Declaration { prefix: start.prefix, uri: start.uri, namespace: start.namespace });
        for attribute in attributes.iter().filter(|attribute| !attribute.prefix.is_empty()) {
            self.need(Declaration { prefix: attribute.prefix, uri: attribute.uri, namespace: attribute.namespace });
        }
        for prefix in self.prefixes {
            if let Some(declaration) = self.document.in_scope(start, prefix) {
                self.need(declaration);
            }
        }
        let fresh = self.written.get_mut(before..)?;
        fresh.sort_unstable_by_key(|declaration| declaration.prefix);
        for declaration in fresh {
            self.octets.extend_from_slice(b" xmlns");
            if !declaration.prefix.is_empty() {
                self.octets.push(b':');
                self.octets.extend_from_slice(declaration.prefix.as_bytes());
            }
            self.octets.extend_from_slice(b"=\"");
            self.octets.extend_from_slice(declaration.uri.as_bytes());
            self.octets.push(b'"');
        }
        for attribute in attributes {
            self.attribute(attribute);
        }
        self.octets.push(b'>');
        Some(())
    }

    /// Note *declaration* as written, unless the output has it in scope.
    fn need(&mut self, declaration: Declaration<'a>) {
        let known = self.written.iter().rev().find(|written| written.prefix == declaration.prefix);
        if known.is_none_or(|written| written.uri != declaration.uri) {
            self.written.push(declaration);
        }
    }

    fn attribute(&mut self, attribute: &Attribute<'a>) {
        self.octets.push(b' ');
        self.octets.extend_from_slice(attribute.written.as_bytes());
        self.octets.extend_from_slice(b"=\"");
        // A value as it stands in the source has neither "&" nor "<", and no tab or line break.
        if matches!(attribute.value, Cow::Borrowed(value) if memchr(b'"', value.as_bytes()).is_none()) {
            self.octets.extend_from_slice(attribute.value.as_bytes());
        } else {
            for &octet in attribute.value.as_bytes() {
                match octet {
                    b'&' => self.octets.extend_from_slice(b"&amp;"),
                    b'<' => self.octets.extend_from_slice(b"&lt;"),
                    b'"' => self.octets.extend_from_slice(b"&quot;"),
                    b'\t' => self.octets.extend_from_slice(b"&#x9;"),
                    b'\n' => self.octets.extend_from_slice(b"&#xA;"),
                    b'\r' => self.octets.extend_from_slice(b"&#xD;"),
                    _ => self.octets.push(octet),
                }
            }
        }
        self.octets.push(b'"');
    }

    #[allow(clippy::ptr_arg, reason = "a borrowed text needs no escapes, an owned one may")]
    fn text(&mut self, text: &Cow<'a, str>) {
        // A text as it stands in the source has neither "&" nor "<", and no carriage return.
        if matches!(text, Cow::Borrowed(text) if memchr2(b'>', b'\r', text.as_bytes()).is_none()) {
            self.octets.extend_from_slice(text.as_bytes());
            return;
        }
        for &octet in text.as_bytes() {
            match octet {
                b'&' => self.octets.extend_from_slice(b"&amp;"),
                b'<' => self.octets.extend_from_slice(b"&lt;"),
                b'>' => self.octets.extend_from_slice(b"&gt;"),
                b'\r' => self.octets.extend_from_slice(b"&#xD;"),
                _ => self.octets.push(octet),
            }
        }
    }
}
