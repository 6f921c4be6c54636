//! How bytes are kept in the database: mails, letters and files of sessions go in, packed bytes come out, and the other way
//! round. What earlier versions packed is read for ever. Never takes more memory than its caller allows.

use crate::fault::{Fault, Outcome};
use crate::limits;
use flate2::read::ZlibDecoder;
use std::fmt::Display;
use std::io::Read;

/// Stands before what LZ4 packed. What zlib packed, as earlier versions did, begins with another byte (RFC 1950 2.2).
const LZ4: u8 = b'4';

/// The CRC-32 of what was packed, which an LZ4 block alone does not carry: a stored letter has no other sum.
fn sum(bytes: &[u8]) -> [u8; 4] {
    crc32fast::hash(bytes).to_le_bytes()
}

/// Packs bytes for the database: LZ4, which takes a tenth of the time that zlib does, and files in mails, being base64,
/// get no smaller by either.
pub fn pack(bytes: &[u8]) -> Vec<u8> {
    let block = lz4_flex::block::compress(bytes);
    let mut packed = Vec::with_capacity(9 + block.len());
    packed.push(LZ4);
    packed.extend_from_slice(&u32::try_from(bytes.len()).unwrap_or(u32::MAX).to_le_bytes());
    packed.extend_from_slice(&sum(bytes));
    packed.extend_from_slice(&block);
    packed
}

/// Unpacks what [`pack`] made; never more than `size` bytes, whatever the row says.
pub fn unpack(packed: &[u8], size: usize) -> Outcome<Vec<u8>> {
    let broken = |e: &dyn Display| Fault::lasting(format!("unpacking what is stored: {e}"));
    if let [LZ4, a, b, c, d, w, x, y, z, block @ ..] = packed {
        let long = u32::from_le_bytes([*a, *b, *c, *d]) as usize;
        if long > size {
            return Err(broken(&format!("it would be {long} bytes instead of {size}")));
        }
        let bytes = lz4_flex::block::decompress(block, long).map_err(|e| broken(&e))?;
        let same = bytes.len() == long && sum(&bytes) == [*w, *x, *y, *z];
        return if same { Ok(bytes) } else { Err(broken(&"its sum is another")) };
    }
    let mut bytes = Vec::with_capacity(size.min(limits::MAIL_BYTES * 2));
    ZlibDecoder::new(packed).take(size as u64 + 1).read_to_end(&mut bytes).map_err(|e| broken(&e))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::Compression;
    use flate2::read::ZlibEncoder;

    #[test]
    fn what_is_packed_comes_out_again_by_whichever_version() {
        for bytes in [&b""[..], b"a", &b"From: ann@x.example\r\n\r\nHello, hello, hello.\r\n".repeat(500)] {
            assert_eq!(unpack(&pack(bytes), bytes.len()).unwrap(), bytes);
            let mut old = Vec::new();
            ZlibEncoder::new(bytes, Compression::fast()).read_to_end(&mut old).unwrap();
            assert_eq!(unpack(&old, bytes.len()).unwrap(), bytes);
        }
    }

    #[test]
    fn what_is_not_what_it_says_is_no_mail() {
        let packed = pack(&b"Hello, hello, hello.\r\n".repeat(100));
        assert!(unpack(&packed, 100).is_err());
        for cut in 0..packed.len() {
            assert!(unpack(&packed[..cut], 2_200).is_err(), "{cut}");
        }
        // a length that somebody changed takes no memory
        let mut huge = packed.clone();
        huge[1..5].copy_from_slice(&u32::MAX.to_le_bytes());
        assert!(unpack(&huge, 1 << 20).is_err());
        for at in 1..packed.len() {
            let mut other = packed.clone();
            other[at] ^= 0x55;
            assert!(unpack(&other, 2_200).is_err(), "{at}");
        }
    }
}
