//! Reads what a pickle of named numpy arrays says, and nothing else: of Python's pickle machine only the
//! moves such a file needs are known, no name in it is ever looked up or called, and every size is bounded
//! by the file's own. Operation codes are those of protocol 2 (Python's `pickletools`).

use std::collections::BTreeMap;

/// Numbers with a shape; row-major.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tensor {
    /// Sizes of the axes.
    pub(crate) shape: Vec<usize>,
    /// As many numbers as the product of `shape`.
    pub(crate) data: Vec<f32>,
}

/// Why a pickle is not one of ours, and where in it.
#[derive(Debug, PartialEq, thiserror::Error)]
#[error("not a pickle of float arrays: {what} at byte {at}")]
pub(crate) struct PickleError {
    what: &'static str,
    at: usize,
}

/// More objects than any of these files has by far.
const OBJECTS: usize = 1 << 16;

/// The functions the file may name. They are only markers here.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Global {
    /// `_codecs.encode`: text of code points under 256 to bytes.
    Encode,
    /// `numpy.core.multiarray._reconstruct`: an array still to be filled.
    Reconstruct,
    /// `numpy.ndarray`.
    Array,
    /// `numpy.dtype`.
    Type,
}

#[derive(Clone, Debug)]
enum Object {
    Nothing,
    Flag(bool),
    Whole(i64),
    /// Where in the file it stands.
    Text(usize, usize),
    Bytes(Vec<u8>),
    Tuple(Vec<usize>),
    Global(Global),
    /// 32 bit floats; whether its byte order was said to be little-endian.
    Floats(bool),
    Array(Option<Tensor>),
    Dict(Vec<(usize, usize)>),
    /// An array's bytes after they were taken.
    Spent,
}

/// The arrays of the one dictionary that `bytes` holds, by name.
pub(crate) fn read(bytes: &[u8]) -> Result<BTreeMap<String, Tensor>, PickleError> {
    let mut machine = Machine {
        bytes,
        at: 0,
        objects: Vec::new(),
        stack: Vec::new(),
        marks: Vec::new(),
        memo: BTreeMap::new(),
        decoded: 0,
    };
    let top = machine.run()?;
    machine.arrays(top)
}

struct Machine<'a> {
    bytes: &'a [u8],
    at: usize,
    /// Everything made so far; the stack and the memo point into it, as objects are shared and changed.
    objects: Vec<Object>,
    stack: Vec<usize>,
    marks: Vec<usize>,
    memo: BTreeMap<u32, usize>,
    /// Bytes decoded from text, never more than the file has.
    decoded: usize,
}

type Step<T> = Result<T, PickleError>;

impl<'a> Machine<'a> {
    /// Runs to STOP; answers with the object on top.
    fn run(&mut self) -> Step<usize> {
        loop {
            match self.byte()? {
                0x80 => {
                    if self.byte()? != 2 {
                        return self.fail("another protocol than 2");
                    }
                }
                b'}' => self.push(Object::Dict(Vec::new()))?,
                b'N' => self.push(Object::Nothing)?,
                0x88 => self.push(Object::Flag(true))?,
                0x89 => self.push(Object::Flag(false))?,
                b'K' => {
                    let x = self.byte()?;
                    self.push(Object::Whole(i64::from(x)))?;
                }
                b'M' => {
                    let x = u16::from_le_bytes(self.array()?);
                    self.push(Object::Whole(i64::from(x)))?;
                }
                b'J' => {
                    let x = i32::from_le_bytes(self.array()?);
                    self.push(Object::Whole(i64::from(x)))?;
                }
                b'X' => {
                    let size = u32::from_le_bytes(self.array()?) as usize;
                    let from = self.at;
                    self.take(size)?;
                    self.push(Object::Text(from, self.at))?;
                }
                b'c' => {
                    let module = self.line()?;
                    let name = self.line()?;
                    let global = match (module, name) {
                        (b"_codecs", b"encode") => Global::Encode,
                        (b"numpy.core.multiarray", b"_reconstruct") => Global::Reconstruct,
                        (b"numpy", b"ndarray") => Global::Array,
                        (b"numpy", b"dtype") => Global::Type,
                        _ => return self.fail("a name that no array needs"),
                    };
                    self.push(Object::Global(global))?;
                }
                b'(' => {
                    if self.marks.len() >= OBJECTS {
                        return self.fail("too many marks");
                    }
                    self.marks.push(self.stack.len());
                }
                b't' => {
                    let items = self.marked()?;
                    self.push(Object::Tuple(items))?;
                }
                code @ 0x85..=0x87 => {
                    let items = self.pop(usize::from(code - 0x84))?;
                    self.push(Object::Tuple(items))?;
                }
                b'q' => {
                    let slot = u32::from(self.byte()?);
                    self.keep(slot)?;
                }
                b'r' => {
                    let slot = u32::from_le_bytes(self.array()?);
                    self.keep(slot)?;
                }
                b'h' => {
                    let slot = u32::from(self.byte()?);
                    self.recall(slot)?;
                }
                b'j' => {
                    let slot = u32::from_le_bytes(self.array()?);
                    self.recall(slot)?;
                }
                b'R' => self.reduce()?,
                b'b' => self.build()?,
                b'u' => self.set_items()?,
                b'.' => return Ok(self.pop(1)?[0]),
                _ => return self.fail("an operation that no array needs"),
            }
        }
    }

    /// REDUCE: one of the four functions with its arguments.
    fn reduce(&mut self) -> Step<()> {
        let pair = self.pop(2)?;
        let (Object::Global(global), Object::Tuple(arguments)) = (&self.objects[pair[0]], &self.objects[pair[1]])
        else {
            return self.fail("a call of something else than a function");
        };
        let made = match (*global, arguments.as_slice()) {
            (Global::Encode, &[text, codec]) if self.text(codec) == Some(b"latin1") => self.decode(text)?,
            (Global::Reconstruct, &[class, ..]) if matches!(self.objects[class], Object::Global(Global::Array)) => {
                Object::Array(None)
            }
            (Global::Type, &[name, ..]) if self.text(name) == Some(b"f4") => Object::Floats(false),
            _ => return self.fail("other arguments than an array's"),
        };
        self.push(made)
    }

    /// The bytes a text stands for: each of its characters is one.
    fn decode(&mut self, text: usize) -> Step<Object> {
        let Some(Ok(text)) = self.text(text).map(std::str::from_utf8) else {
            return self.fail("bytes that are no text");
        };
        let mut bytes = Vec::with_capacity(text.len() / 4 * 3);
        for c in text.chars() {
            let Ok(byte) = u8::try_from(u32::from(c)) else {
                return self.fail("a character over 255");
            };
            bytes.push(byte);
        }
        self.decoded += bytes.len();
        if self.decoded > self.bytes.len() {
            return self.fail("more bytes than the file has");
        }
        Ok(Object::Bytes(bytes))
    }

    /// BUILD: gives a type its byte order, or an array its shape and numbers.
    fn build(&mut self) -> Step<()> {
        let state = self.pop(1)?[0];
        let Some(&target) = self.stack.last() else {
            return self.fail("nothing to build");
        };
        let Object::Tuple(state) = &self.objects[state] else {
            return self.fail("a state that is no tuple");
        };
        match (&self.objects[target], state.as_slice()) {
            (Object::Floats(_), &[_, order, ..]) if self.text(order) == Some(b"<") => {
                self.objects[target] = Object::Floats(true);
            }
            (Object::Array(None), &[_, shape, kind, fortran, data]) => {
                if !matches!(self.objects[kind], Object::Floats(true)) {
                    return self.fail("numbers that are not little-endian 32 bit floats");
                }
                if !matches!(self.objects[fortran], Object::Flag(false)) {
                    return self.fail("an array by columns");
                }
                let shape = self.shape(shape)?;
                let Object::Bytes(data) = std::mem::replace(&mut self.objects[data], Object::Spent) else {
                    return self.fail("an array without bytes");
                };
                if shape.iter().try_fold(4_usize, |n, x| n.checked_mul(*x)) != Some(data.len()) {
                    return self.fail("an array whose shape and bytes disagree");
                }
                let data = data
                    .chunks_exact(4)
                    .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
                    .collect();
                self.objects[target] = Object::Array(Some(Tensor { shape, data }));
            }
            _ => return self.fail("a state for something else than an array"),
        }
        Ok(())
    }

    fn shape(&self, tuple: usize) -> Step<Vec<usize>> {
        let Object::Tuple(items) = &self.objects[tuple] else {
            return self.fail("a shape that is no tuple");
        };
        let axis = |item: &usize| match self.objects[*item] {
            Object::Whole(n) => usize::try_from(n).or_else(|_| self.fail("a negative size")),
            _ => self.fail("a size that is no number"),
        };
        items.iter().map(axis).collect()
    }

    /// SETITEMS: name, value, name, value … into the dictionary below the mark.
    fn set_items(&mut self) -> Step<()> {
        let items = self.marked()?;
        let Some(&target) = self.stack.last() else {
            return self.fail("no dictionary");
        };
        let full = items.len() % 2 == 0;
        match &mut self.objects[target] {
            Object::Dict(dict) if full => dict.extend(items.chunks_exact(2).map(|p| (p[0], p[1]))),
            _ => return self.fail("items without a dictionary or a value"),
        }
        Ok(())
    }

    /// What the finished dictionary holds.
    fn arrays(mut self, dict: usize) -> Step<BTreeMap<String, Tensor>> {
        let Object::Dict(pairs) = std::mem::replace(&mut self.objects[dict], Object::Spent) else {
            return self.fail("no dictionary in the end");
        };
        let mut arrays = BTreeMap::new();
        for (name, value) in pairs {
            let Some(Ok(name)) = self.text(name).map(std::str::from_utf8) else {
                return self.fail("a name that is no text");
            };
            let name = name.to_owned();
            let Object::Array(Some(tensor)) = std::mem::replace(&mut self.objects[value], Object::Spent) else {
                return self.fail("a value that is no array");
            };
            arrays.insert(name, tensor);
        }
        Ok(arrays)
    }

    fn text(&self, object: usize) -> Option<&'a [u8]> {
        match self.objects[object] {
            Object::Text(from, to) => Some(&self.bytes[from..to]),
            _ => None,
        }
    }

    fn push(&mut self, object: Object) -> Step<()> {
        if self.objects.len() >= OBJECTS {
            return self.fail("too many objects");
        }
        self.stack.push(self.objects.len());
        self.objects.push(object);
        Ok(())
    }

    /// The `n` topmost objects, the topmost last; not past the newest mark.
    fn pop(&mut self, n: usize) -> Step<Vec<usize>> {
        let floor = self.marks.last().copied().unwrap_or(0);
        match self.stack.len().checked_sub(n) {
            Some(from) if from >= floor => Ok(self.stack.split_off(from)),
            _ => self.fail("an empty stack"),
        }
    }

    fn marked(&mut self) -> Step<Vec<usize>> {
        match self.marks.pop() {
            Some(mark) if mark <= self.stack.len() => Ok(self.stack.split_off(mark)),
            _ => self.fail("no mark"),
        }
    }

    fn keep(&mut self, slot: u32) -> Step<()> {
        let Some(&top) = self.stack.last() else {
            return self.fail("nothing to keep");
        };
        self.memo.insert(slot, top);
        Ok(())
    }

    fn recall(&mut self, slot: u32) -> Step<()> {
        match self.memo.get(&slot) {
            Some(_) if self.stack.len() >= OBJECTS => self.fail("too many objects"),
            Some(&object) => {
                self.stack.push(object);
                Ok(())
            }
            None => self.fail("nothing kept there"),
        }
    }

    fn take(&mut self, size: usize) -> Step<&'a [u8]> {
        let from = self.at;
        match from.checked_add(size).filter(|to| *to <= self.bytes.len()) {
            Some(to) => {
                self.at = to;
                Ok(&self.bytes[from..to])
            }
            None => self.fail("the end"),
        }
    }

    fn byte(&mut self) -> Step<u8> {
        Ok(self.take(1)?[0])
    }

    fn array<const N: usize>(&mut self) -> Step<[u8; N]> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N)?);
        Ok(array)
    }

    /// Up to the next line feed; names are short.
    fn line(&mut self) -> Step<&'a [u8]> {
        let rest = &self.bytes[self.at..];
        match rest.iter().take(64).position(|b| *b == b'\n') {
            Some(end) => {
                self.at += end + 1;
                Ok(&rest[..end])
            }
            None => self.fail("a name without an end"),
        }
    }

    fn fail<T>(&self, what: &'static str) -> Step<T> {
        Err(PickleError { what, at: self.at })
    }
}

#[cfg(test)]
mod tests;
