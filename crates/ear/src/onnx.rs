//! Writes a network as an ONNX file in memory: only the messages and fields a plain graph of floats
//! needs (field numbers from `onnx.proto3`, IR version 8), in protocol buffers' wire format.

/// A graph in the making; what is written first is evaluated first.
pub(crate) struct Graph {
    /// The fields of `GraphProto` written so far.
    body: Vec<u8>,
}

/// An attribute of a node.
pub(crate) enum Attribute<'a> {
    /// A number.
    Float(f32),
    /// A whole number.
    Int(i64),
    /// Whole numbers.
    Ints(&'a [i64]),
}

/// `AttributeProto.AttributeType`.
const FLOAT: u64 = 1;
const INT: u64 = 2;
const INTS: u64 = 7;
/// `TensorProto.DataType.FLOAT`.
const F32: u64 = 1;

impl Graph {
    /// An empty graph.
    pub(crate) fn new() -> Self {
        Self { body: Vec::new() }
    }

    /// A value that is fed in; `None` is an axis of any size.
    pub(crate) fn input(&mut self, name: &str, shape: &[Option<usize>]) {
        let value = value_info(name, shape);
        bytes(&mut self.body, 11, &value);
    }

    /// A value that is read out.
    pub(crate) fn output(&mut self, name: &str, shape: &[Option<usize>]) {
        let value = value_info(name, shape);
        bytes(&mut self.body, 12, &value);
    }

    /// Weights under a name.
    pub(crate) fn constant(&mut self, name: &str, shape: &[usize], data: &[f32]) {
        let mut tensor = Vec::with_capacity(4 * data.len() + 64);
        for axis in shape {
            number(&mut tensor, 1, *axis as u64);
        }
        number(&mut tensor, 2, F32);
        bytes(&mut tensor, 8, name.as_bytes());
        key(&mut tensor, 9, 2);
        varint(&mut tensor, 4 * data.len() as u64);
        tensor.extend(data.iter().flat_map(|x| x.to_le_bytes()));
        bytes(&mut self.body, 5, &tensor);
    }

    /// A node with one output, which is also its name.
    pub(crate) fn node(&mut self, kind: &str, inputs: &[&str], output: &str, attributes: &[(&str, Attribute<'_>)]) {
        let mut node = Vec::new();
        for input in inputs {
            bytes(&mut node, 1, input.as_bytes());
        }
        bytes(&mut node, 2, output.as_bytes());
        bytes(&mut node, 3, output.as_bytes());
        bytes(&mut node, 4, kind.as_bytes());
        for (name, value) in attributes {
            let mut attribute = Vec::new();
            bytes(&mut attribute, 1, name.as_bytes());
            match value {
                Attribute::Float(x) => {
                    key(&mut attribute, 2, 5);
                    attribute.extend(x.to_le_bytes());
                    number(&mut attribute, 20, FLOAT);
                }
                Attribute::Int(n) => {
                    number(&mut attribute, 3, n.cast_unsigned());
                    number(&mut attribute, 20, INT);
                }
                Attribute::Ints(all) => {
                    for n in *all {
                        number(&mut attribute, 8, n.cast_unsigned());
                    }
                    number(&mut attribute, 20, INTS);
                }
            }
            bytes(&mut node, 5, &attribute);
        }
        bytes(&mut self.body, 1, &node);
    }

    /// The file, for operator set `opset`.
    pub(crate) fn file(mut self, opset: u64) -> Vec<u8> {
        bytes(&mut self.body, 2, b"graph");
        let mut set = Vec::new();
        bytes(&mut set, 1, b"");
        number(&mut set, 2, opset);
        let mut model = Vec::with_capacity(self.body.len() + 32);
        number(&mut model, 1, 8);
        bytes(&mut model, 8, &set);
        bytes(&mut model, 7, &self.body);
        model
    }
}

/// `ValueInfoProto` of a float tensor.
fn value_info(name: &str, shape: &[Option<usize>]) -> Vec<u8> {
    let mut dims = Vec::new();
    for axis in shape {
        let mut dim = Vec::new();
        match axis {
            Some(n) => number(&mut dim, 1, *n as u64),
            None => bytes(&mut dim, 2, b"n"),
        }
        bytes(&mut dims, 1, &dim);
    }
    let mut tensor = Vec::new();
    number(&mut tensor, 1, F32);
    bytes(&mut tensor, 2, &dims);
    let mut kind = Vec::new();
    bytes(&mut kind, 1, &tensor);
    let mut value = Vec::new();
    bytes(&mut value, 1, name.as_bytes());
    bytes(&mut value, 2, &kind);
    value
}

fn varint(out: &mut Vec<u8>, mut x: u64) {
    while x >= 0x80 {
        out.push((x & 0x7f) as u8 | 0x80);
        x >>= 7;
    }
    out.push(x as u8);
}

/// A field's number and wire type: 0 varint, 2 bytes with a length, 5 four bytes.
fn key(out: &mut Vec<u8>, field: u64, wire: u64) {
    varint(out, field << 3 | wire);
}

fn number(out: &mut Vec<u8>, field: u64, x: u64) {
    key(out, field, 0);
    varint(out, x);
}

fn bytes(out: &mut Vec<u8>, field: u64, content: &[u8]) {
    key(out, field, 2);
    varint(out, content.len() as u64);
    out.extend_from_slice(content);
}

#[cfg(test)]
mod tests {
    use rten::Model;
    use rten_tensor::{NdTensor, prelude::*};

    use super::*;

    #[test]
    fn what_is_written_computes() {
        let mut graph = Graph::new();
        graph.input("x", &[None, Some(3)]);
        graph.constant("w", &[3, 2], &[1.0, 2.0, 3.0, 4.0, 5.0, -6.0]);
        graph.node("MatMul", &["x", "w"], "y", &[]);
        graph.node("LeakyRelu", &["y"], "z", &[("alpha", Attribute::Float(0.5))]);
        graph.node("Transpose", &["z"], "t", &[("perm", Attribute::Ints(&[1, 0]))]);
        graph.node("Concat", &["t", "t"], "out", &[("axis", Attribute::Int(-1))]);
        graph.output("out", &[Some(2), None]);
        let model = Model::load(graph.file(13)).unwrap();
        let x = NdTensor::from_data([1, 3], vec![1.0_f32, 1.0, 1.0]);
        let out: NdTensor<f32, 2> = model.run_one(x.into(), None).unwrap().try_into().unwrap();
        assert_eq!(out.shape(), [2, 2]);
        assert_eq!(out.to_vec(), [9.0, 9.0, 0.0, 0.0]);
        let x = NdTensor::from_data([1, 3], vec![0.0_f32, 0.0, 1.0]);
        let out: NdTensor<f32, 2> = model.run_one(x.into(), None).unwrap().try_into().unwrap();
        assert_eq!(out.to_vec(), [5.0, 5.0, -3.0, -3.0]);
    }
}
