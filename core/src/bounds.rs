//! The bounds of the fast road. Each is at most the limit of the caller, so that nothing passes here that would be refused there; the
//! caller's tests compare them.

/// Longest document in octets.
pub const OCTETS: usize = 1_048_576;
/// Deepest nesting of elements.
pub const DEPTH: usize = 32;
/// Attributes of one element, namespace declarations among them.
pub const ATTRIBUTES: usize = 32;
/// Namespace declarations in scope of one element.
pub const NAMESPACES: usize = 32;
/// Longest namespace name in octets.
pub const NAMESPACE_OCTETS: usize = 128;
/// A document has at most its length divided by this many elements, and [`ELEMENTS_ALWAYS`].
pub const OCTETS_PER_ELEMENT: usize = 24;
/// Elements that a document of any length may have.
pub const ELEMENTS_ALWAYS: usize = 64;
/// Prefixes of a `PrefixList`.
pub const PREFIXES: usize = 12;
/// Longest prefix of a `PrefixList` in octets.
pub const PREFIX_OCTETS: usize = 64;
/// Longest canonical `SignedInfo` in octets.
pub const SIGNED_INFO_OCTETS: usize = 16_384;
