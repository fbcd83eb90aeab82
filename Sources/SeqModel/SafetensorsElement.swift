/// The type of a tensor's elements, by the name that the safetensors format gives it.
public enum SafetensorsDtype: String, Hashable, Sendable, CaseIterable {
  /// One byte, 0 or 1.
  case bool = "BOOL"
  /// An unsigned integer of 8 bits.
  case uint8 = "U8"
  /// A signed integer of 8 bits.
  case int8 = "I8"
  /// An unsigned integer of 16 bits.
  case uint16 = "U16"
  /// A signed integer of 16 bits.
  case int16 = "I16"
  /// IEEE 754 half precision.
  case float16 = "F16"
  /// The upper half of a single-precision number.
  case bfloat16 = "BF16"
  /// An unsigned integer of 32 bits.
  case uint32 = "U32"
  /// A signed integer of 32 bits.
  case int32 = "I32"
  /// IEEE 754 single precision.
  case float32 = "F32"
  /// An unsigned integer of 64 bits.
  case uint64 = "U64"
  /// A signed integer of 64 bits.
  case int64 = "I64"
  /// IEEE 754 double precision.
  case float64 = "F64"

  /// The size of one element, in bytes.
  public var byteCount: Int {
    switch self {
    case .bool, .uint8, .int8: 1
    case .uint16, .int16, .float16, .bfloat16: 2
    case .uint32, .int32, .float32: 4
    case .uint64, .int64, .float64: 8
    }
  }
}

/// A Swift type that a tensor's bytes can be read as without conversion.
public protocol SafetensorsElement: BitwiseCopyable, Sendable {
  /// The element type in the file.
  static var dtype: SafetensorsDtype { get }
}

extension UInt8: SafetensorsElement {
  /// `U8`.
  public static var dtype: SafetensorsDtype { .uint8 }
}
extension Int8: SafetensorsElement {
  /// `I8`.
  public static var dtype: SafetensorsDtype { .int8 }
}
extension UInt16: SafetensorsElement {
  /// `U16`.
  public static var dtype: SafetensorsDtype { .uint16 }
}
extension Int16: SafetensorsElement {
  /// `I16`.
  public static var dtype: SafetensorsDtype { .int16 }
}
extension UInt32: SafetensorsElement {
  /// `U32`.
  public static var dtype: SafetensorsDtype { .uint32 }
}
extension Int32: SafetensorsElement {
  /// `I32`.
  public static var dtype: SafetensorsDtype { .int32 }
}
extension UInt64: SafetensorsElement {
  /// `U64`.
  public static var dtype: SafetensorsDtype { .uint64 }
}
extension Int64: SafetensorsElement {
  /// `I64`.
  public static var dtype: SafetensorsDtype { .int64 }
}
extension Float16: SafetensorsElement {
  /// `F16`.
  public static var dtype: SafetensorsDtype { .float16 }
}
extension Float: SafetensorsElement {
  /// `F32`.
  public static var dtype: SafetensorsDtype { .float32 }
}
extension Double: SafetensorsElement {
  /// `F64`.
  public static var dtype: SafetensorsDtype { .float64 }
}
