//! A document as a list of events in document order, each element with its namespace and sorted attributes.
//!
//! Comments, instructions, CDATA, a DTD, carriage returns and names outside ASCII are allowed in XML, but unusual here: they are left to the
//! caller.

use std::borrow::Cow;

use memchr::memmem;

use crate::bounds;
use crate::names::{Namespace, RESERVED, is_plain_uri};
use crate::scanner::{Name, Scanner, is_blank};

/// One attribute that is no declaration.
#[derive(Debug)]
pub(crate) struct Attribute<'a> {
    pub(crate) namespace: Namespace,
    pub(crate) uri: &'a str,
    pub(crate) prefix: &'a str,
    pub(crate) local: &'a str,
    pub(crate) written: &'a str,
    pub(crate) value: Cow<'a, str>,
}

/// One namespace declaration; the prefix of the default namespace is empty.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Declaration<'a> {
    pub(crate) prefix: &'a str,
    pub(crate) uri: &'a str,
    pub(crate) namespace: Namespace,
}

/// A start tag.
#[derive(Debug)]
pub(crate) struct Start<'a> {
    pub(crate) namespace: Namespace,
    pub(crate) uri: &'a str,
    pub(crate) prefix: &'a str,
    pub(crate) local: &'a str,
    /// Prefix and local part as the source writes them.
    pub(crate) written: &'a str,
    /// The index of the end tag in the list of events.
    pub(crate) end: usize,
    parent: Option<usize>,
    attributes: (usize, usize),
    declarations: (usize, usize),
}

#[derive(Debug)]
pub(crate) enum Event<'a> {
    Start(Start<'a>),
    Text(Cow<'a, str>),
    End,
}

/// A parsed document. The first event is the start tag of its root.
#[derive(Debug)]
pub(crate) struct Document<'a> {
    pub(crate) events: Vec<Event<'a>>,
    attributes: Vec<Attribute<'a>>,
    declarations: Vec<Declaration<'a>>,
}

impl<'a> Document<'a> {
    /// Parse *octets*, which are one XML 1.0 document in UTF-8.
    pub(crate) fn parse(octets: &'a [u8]) -> Option<Self> {
        if octets.len() > bounds::OCTETS || !are_plain(octets) {
            return None;
        }
        let source = without_declaration(std::str::from_utf8(octets).ok()?)?;
        Builder::new(source).build()
    }

    pub(crate) fn root(&self) -> Option<Element<'_, 'a>> {
        self.element(0)
    }

    pub(crate) fn element(&self, at: usize) -> Option<Element<'_, 'a>> {
        match self.events.get(at)? {
            Event::Start(start) => Some(Element { document: self, start, at }),
            _ => None,
        }
    }

    pub(crate) fn attributes(&self, start: &Start<'a>) -> &[Attribute<'a>] {
        self.attributes.get(start.attributes.0..start.attributes.1).unwrap_or_default()
    }

    /// Return every attribute of the document.
    pub(crate) fn all_attributes(&self) -> &[Attribute<'a>] {
        &self.attributes
    }

    /// Return the declaration of *prefix* that is in scope at *start*: its own, or that of the nearest element around it.
    pub(crate) fn in_scope(&self, start: &Start<'a>, prefix: &str) -> Option<Declaration<'a>> {
        let mut place = Some(start);
        while let Some(here) = place {
            let declared = self.declarations.get(here.declarations.0..here.declarations.1)?;
            if let Some(found) = declared.iter().find(|declaration| declaration.prefix == prefix) {
                return Some(*found);
            }
            place = here.parent.and_then(|parent| self.element(parent)).map(|parent| parent.start);
        }
        None
    }
}

/// An element of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Element<'d, 'a> {
    pub(crate) document: &'d Document<'a>,
    pub(crate) start: &'d Start<'a>,
    pub(crate) at: usize,
}

impl<'d, 'a> Element<'d, 'a> {
    pub(crate) fn is(self, namespace: Namespace, local: &str) -> bool {
        self.start.namespace == namespace && self.start.local == local
    }

    /// Return the value of the attribute *name* that has no prefix.
    pub(crate) fn attribute(self, name: &str) -> Option<&'d str> {
        let mut attributes = self.document.attributes(self.start).iter();
        attributes.find(|attribute| attribute.namespace == Namespace::None && attribute.local == name).map(|found| &*found.value)
    }

    /// Step aside unless every attribute is one of *names* and has no prefix.
    pub(crate) fn only(self, names: &[&str]) -> Option<Self> {
        let mut attributes = self.document.attributes(self.start).iter();
        attributes.all(|attribute| attribute.namespace == Namespace::None && names.contains(&attribute.local)).then_some(self)
    }

    /// Return the child elements. Text between them says nothing.
    pub(crate) fn children(self) -> impl Iterator<Item = Element<'d, 'a>> {
        let mut at = self.at + 1;
        std::iter::from_fn(move || {
            loop {
                match self.document.events.get(at)? {
                    Event::Start(start) => {
                        let child = Element { document: self.document, start, at };
                        at = start.end + 1;
                        return Some(child);
                    }
                    Event::Text(_) => at += 1,
                    Event::End => return None,
                }
            }
        })
    }

    /// Return the complete text of a leaf; `None` where there are elements inside.
    pub(crate) fn text(self) -> Option<&'d str> {
        match (self.document.events.get(self.at + 1)?, self.start.end - self.at) {
            (Event::End, 1) => Some(""),
            (Event::Text(text), 2) => Some(text),
            _ => None,
        }
    }
}

impl Element<'_, '_> {
    /// Tell whether the text between the child elements is white space alone.
    pub(crate) fn is_blank(self) -> bool {
        let mut at = self.at + 1;
        while at < self.start.end {
            match self.document.events.get(at) {
                Some(Event::Start(start)) => at = start.end,
                Some(Event::Text(text)) if is_blank(text) => {}
                _ => return false,
            }
            at += 1;
        }
        true
    }
}

struct Builder<'a> {
    scanner: Scanner<'a>,
    document: Document<'a>,
    open: Vec<usize>,
    scope: Vec<Declaration<'a>>,
    most_elements: usize,
    elements: usize,
}

impl<'a> Builder<'a> {
    fn new(source: &'a str) -> Self {
        let guess = source.len() / 64 + 8;
        Self {
            scanner: Scanner::new(source),
            document: Document {
                events: Vec::with_capacity(guess),
                attributes: Vec::with_capacity(guess / 2),
                declarations: Vec::with_capacity(8),
            },
            open: Vec::with_capacity(bounds::DEPTH),
            scope: Vec::with_capacity(bounds::NAMESPACES),
            most_elements: bounds::ELEMENTS_ALWAYS + source.len() / bounds::OCTETS_PER_ELEMENT,
            elements: 0,
        }
    }

    fn build(mut self) -> Option<Document<'a>> {
        loop {
            let text = self.scanner.text()?;
            if !text.is_empty() {
                self.text(Cow::Borrowed(text))?;
            }
            if self.scanner.past(b'<') {
                if self.scanner.past(b'/') { self.end()? } else { self.start()? }
            } else if self.scanner.past(b'&') {
                let character = self.scanner.reference()?;
                self.text(Cow::Owned(character.to_string()))?;
            } else {
                return (self.open.is_empty() && !self.document.events.is_empty()).then_some(self.document);
            }
        }
    }

    fn start(&mut self) -> Option<()> {
        self.elements += 1;
        if self.open.len() >= bounds::DEPTH || self.elements > self.most_elements {
            return None;
        }
        if self.open.is_empty() && !self.document.events.is_empty() {
            return None; // a second root
        }
        let (first_attribute, first_declaration) = (self.document.attributes.len(), self.document.declarations.len());
        let Name { prefix, local, written } = self.scanner.name()?;
        let is_empty = self.attributes()?;
        self.declare(first_attribute, first_declaration)?;
        self.resolve(first_attribute)?;
        let declared = in_scope(&self.scope, prefix)?; // an element of no namespace is unknown anyway
        let start = Start {
            namespace: declared.namespace,
            uri: declared.uri,
            prefix,
            local,
            written,
            end: 0,
            parent: self.open.last().copied(),
            attributes: (first_attribute, self.document.attributes.len()),
            declarations: (first_declaration, self.document.declarations.len()),
        };
        self.open.push(self.document.events.len());
        self.document.events.push(Event::Start(start));
        if is_empty { self.close() } else { Some(()) }
    }

    /// Read the attributes and declarations up to the end of the tag; tell whether the element is empty.
    fn attributes(&mut self) -> Option<bool> {
        loop {
            let apart = self.scanner.past_white_space();
            if self.scanner.past(b'>') {
                return Some(false);
            }
            if self.scanner.past(b'/') {
                return self.scanner.past(b'>').then_some(true);
            }
            apart.then_some(())?;
            let Name { prefix, local, written } = self.scanner.name()?;
            let value = self.scanner.value()?;
            if prefix == "xmlns" {
                self.document.declarations.push(declaration(local, as_written(&value)?)?);
            } else if prefix.is_empty() && local == "xmlns" {
                self.document.declarations.push(declaration("", as_written(&value)?)?);
            } else {
                self.document.attributes.push(Attribute { namespace: Namespace::None, uri: "", prefix, local, written, value });
            }
        }
    }

    /// Bring the declarations of a tag into scope. None of its prefixes is declared twice.
    fn declare(&mut self, first_attribute: usize, first_declaration: usize) -> Option<()> {
        let declared = self.document.declarations.get(first_declaration..)?;
        self.scope.extend_from_slice(declared);
        let attributes = self.document.attributes.len() - first_attribute + declared.len();
        if self.scope.len() > bounds::NAMESPACES || attributes > bounds::ATTRIBUTES {
            return None;
        }
        let mut rest = declared;
        while let [one, others @ ..] = rest {
            if others.iter().any(|other| other.prefix == one.prefix) {
                return None;
            }
            rest = others;
        }
        Some(())
    }

    /// Give the attributes of a tag their namespaces and the order of canonical XML. None of them occurs twice.
    fn resolve(&mut self, first_attribute: usize) -> Option<()> {
        let attributes = self.document.attributes.get_mut(first_attribute..)?;
        for attribute in attributes.iter_mut().filter(|attribute| !attribute.prefix.is_empty()) {
            let declared = in_scope(&self.scope, attribute.prefix)?;
            (attribute.uri, attribute.namespace) = (declared.uri, declared.namespace);
        }
        if attributes.len() > 1 {
            attributes.sort_unstable_by(|one, other| (one.uri, one.local).cmp(&(other.uri, other.local)));
            if attributes.windows(2).any(|pair| matches!(pair, [one, other] if one.local == other.local && one.uri == other.uri)) {
                return None;
            }
        }
        Some(())
    }

    fn end(&mut self) -> Option<()> {
        let Event::Start(start) = self.document.events.get(*self.open.last()?)? else { return None };
        self.scanner.past_name(start.written)?;
        self.scanner.past_white_space();
        self.scanner.past(b'>').then_some(())?;
        self.close()
    }

    fn close(&mut self) -> Option<()> {
        let (opened, end) = (self.open.pop()?, self.document.events.len());
        let Event::Start(start) = self.document.events.get_mut(opened)? else { return None };
        start.end = end;
        let declared = start.declarations.1 - start.declarations.0;
        self.scope.truncate(self.scope.len() - declared);
        self.document.events.push(Event::End);
        Some(())
    }

    fn text(&mut self, text: Cow<'a, str>) -> Option<()> {
        if self.open.is_empty() {
            return (matches!(text, Cow::Borrowed(_)) && is_blank(&text)).then_some(());
        }
        match self.document.events.last_mut() {
            Some(Event::Text(before)) => before.to_mut().push_str(&text),
            _ => self.document.events.push(Event::Text(text)),
        }
        Some(())
    }
}

/// Tell whether all `octets` are those of characters of XML, without carriage returns, which a parser would change, and without the end
/// of a CDATA section, which no text may hold.
fn are_plain(octets: &[u8]) -> bool {
    let (mut control, mut high) = (false, 0);
    for &octet in octets {
        control |= octet < b' ' && octet != b'\t' && octet != b'\n';
        high |= octet;
    }
    // U+FFFE and U+FFFF are no characters of XML.
    let foreign = high >= 0x80 && (memmem::find(octets, b"\xEF\xBF\xBE").is_some() || memmem::find(octets, b"\xEF\xBF\xBF").is_some());
    !control && !foreign && memmem::find(octets, b"]]>").is_none()
}

fn without_declaration(source: &str) -> Option<&str> {
    if !source.starts_with("<?xml") {
        return Some(source);
    }
    let rest = source.strip_prefix("<?xml version=\"1.0\"")?;
    let rest = [" encoding=\"UTF-8\"", " encoding=\"utf-8\""].iter().find_map(|encoding| rest.strip_prefix(encoding)).unwrap_or(rest);
    let rest = [" standalone=\"yes\"", " standalone=\"no\""].iter().find_map(|standalone| rest.strip_prefix(standalone)).unwrap_or(rest);
    rest.strip_prefix("?>")
}

fn in_scope<'a>(scope: &[Declaration<'a>], prefix: &str) -> Option<Declaration<'a>> {
    scope.iter().rev().find(|declaration| declaration.prefix == prefix).copied()
}

/// Return a value that stands in the source as it is read.
fn as_written<'a>(value: &Cow<'a, str>) -> Option<&'a str> {
    match value {
        Cow::Borrowed(value) => Some(value),
        Cow::Owned(_) => None,
    }
}

fn declaration<'a>(prefix: &'a str, uri: &'a str) -> Option<Declaration<'a>> {
    let namespace = Namespace::of(uri);
    let usual = namespace != Namespace::Other || (uri.len() <= bounds::NAMESPACE_OCTETS && is_plain_uri(uri) && !RESERVED.contains(&uri));
    (usual && !prefix.starts_with("xml")).then_some(Declaration { prefix, uri, namespace })
}
