use catbird_score::Dice;

use super::*;

/// What Python writes for `{"a": numpy.array(numbers, float32).reshape(shape)}` at protocol 2.
fn pickled(name: &str, shape: &[u8], numbers: &[f32]) -> Vec<u8> {
    let text = |out: &mut Vec<u8>, s: &str| {
        out.push(b'X');
        out.extend((s.len() as u32).to_le_bytes());
        out.extend(s.as_bytes());
    };
    let mut out = b"\x80\x02}q\x00(".to_vec();
    text(&mut out, name);
    out.extend(b"q\x01cnumpy.core.multiarray\n_reconstruct\nq\x02cnumpy\nndarray\nq\x03K\x00\x85q\x04");
    out.extend(b"c_codecs\nencode\nq\x05");
    text(&mut out, "b");
    text(&mut out, "latin1");
    out.extend(b"q\x06\x86R\x87q\x0aRq\x0b(K\x01(");
    for axis in shape {
        out.extend([b'K', *axis]);
    }
    out.extend(b"tcnumpy\ndtype\n");
    text(&mut out, "f4");
    out.extend(b"\x89\x88\x87R(K\x03");
    text(&mut out, "<");
    out.extend(b"NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK\x00tb\x89h\x05");
    let bytes: Vec<u8> = numbers.iter().flat_map(|x| x.to_le_bytes()).collect();
    text(&mut out, &bytes.iter().map(|b| char::from(*b)).collect::<String>());
    out.extend(b"h\x06\x86Rtbu.");
    out
}

#[test]
fn arrays_come_out_with_shape_and_every_byte_value() {
    let numbers = [1.0, -2.5e-8, 3.0e20, f32::from_bits(0x80ff_7f01), 0.0, -1.0];
    let read = read(&pickled("up1.0.weight", &[2, 3], &numbers)).unwrap();
    let tensor = &read["up1.0.weight"];
    assert_eq!(tensor.shape, [2, 3]);
    assert!(tensor.data.iter().zip(numbers).all(|(a, b)| a.to_bits() == b.to_bits()));
    assert_eq!(read.len(), 1);
}

#[test]
fn shapes_that_lie_and_foreign_calls_are_refused() {
    assert!(read(&pickled("a", &[2, 2], &[1.0, 2.0])).is_err());
    assert!(read(&pickled("a", &[255, 255], &[1.0])).is_err());
    for evil in [
        &b"\x80\x02cos\nsystem\nX\x04\x00\x00\x00echo\x85R."[..],
        b"\x80\x02cposix\nsystem\n.",
        b"\x80\x03}.",
        b"}u.",
        b"(((((((t.",
        b"\x80\x02}(K\x01K\x02u.",
        b"N.",
        b"",
        b"X\xff\xff\xff\xffa",
        b"}j\xff\xff\xff\xff.",
        b"c_codecs\nencode\nX\x01\x00\x00\x00aX\x05\x00\x00\x00utf-8\x86R.",
    ] {
        assert!(read(evil).is_err(), "{evil:?}");
    }
    // The same text decoded again and again must not fill the memory.
    let mut bomb = b"c_codecs\nencode\nq\x00X\x00\x04\x00\x00".to_vec();
    bomb.extend([b'a'; 1024]);
    bomb.extend(b"q\x01X\x06\x00\x00\x00latin1q\x02");
    for _ in 0..1000 {
        bomb.extend(b"h\x00h\x01h\x02\x86R");
    }
    bomb.push(b'.');
    assert!(read(&bomb).unwrap_err().to_string().contains("more bytes"));
}

#[test]
fn no_damage_makes_it_panic() {
    let good = pickled("name", &[4, 2], &[0.5; 8]);
    for end in 0..good.len() {
        assert!(read(&good[..end]).is_err());
    }
    let mut dice = Dice::new(5, "pickle");
    for _ in 0..20_000 {
        let mut bad = good.clone();
        for _ in 0..=dice.below(3) {
            let at = dice.below(bad.len());
            bad[at] = dice.below(256) as u8;
        }
        // Either answer is right; a panic is not.
        let _ = read(&bad);
    }
}
