//! Canonical standard base64 with XML white space, as XML Signature writes it.

const PADDING: u8 = b'=';

/// What is no digit.
const NONE: u8 = 0xFF;
/// The value of each digit.
const VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let mut values = [NONE; 256];
    let mut digit: u8 = 0;
    while digit < 128 {
        #[allow(clippy::indexing_slicing, reason = "computed when the crate is built")]
        {
            values[digit as usize] = match digit {
                b'A'..=b'Z' => digit - b'A',
                b'a'..=b'z' => digit - b'a' + 26,
                b'0'..=b'9' => digit - b'0' + 52,
                b'+' => 62,
                b'/' => 63,
                _ => NONE,
            };
        }
        digit += 1;
    }
    values
}

fn value_of(digit: u8) -> Option<u32> {
    VALUES.get(usize::from(digit)).copied().filter(|&value| value != NONE).map(u32::from)
}

/// Return the octets of *text*; `None` where it is not the one canonical encoding of them, white space aside.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut octets = Vec::with_capacity(text.len() / 4 * 3 + 3);
    let (mut group, mut digits, mut padding) = (0u32, 0u32, 0u32);
    for octet in text.bytes() {
        let Some(value) = value_of(octet) else {
            match octet {
                b' ' | b'\t' | b'\r' | b'\n' => {}
                PADDING => padding += 1,
                _ => return None,
            }
            continue;
        };
        if padding > 0 {
            return None;
        }
        group = group << 6 | value;
        digits += 1;
        if digits == 4 {
            let [_, first, second, third] = group.to_be_bytes();
            octets.extend([first, second, third]);
            (group, digits) = (0, 0);
        }
    }
    match (digits, padding) {
        (0, 0) => {}
        (2, 2) if group.trailing_zeros() >= 4 => octets.push(u8::try_from(group >> 4).ok()?),
        (3, 1) if group.trailing_zeros() >= 2 => octets.extend(u16::try_from(group >> 2).ok()?.to_be_bytes()),
        _ => return None,
    }
    Some(octets)
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn canonical_text_is_decoded() {
        assert_eq!(decode("Zm9v\n YmFy"), Some(b"foobar".to_vec()));
        assert_eq!(decode("Zm8="), Some(b"fo".to_vec()));
        assert_eq!(decode("Zg=\r="), Some(b"f".to_vec()));
        assert_eq!(decode(""), Some(Vec::new()));
    }

    #[test]
    fn another_spelling_is_left_to_the_caller() {
        for text in ["Zm9", "Zm9=", "Zh==", "Zg==Zg==", "Z===", "=", "====", "Zm9v-", "Zm8=A", "Zg="] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
