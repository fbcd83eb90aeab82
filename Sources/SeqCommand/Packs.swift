internal import ArgumentParser
internal import SeqPack

/// `seqkit packs`: the packs this program was built with.
struct Packs: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "packs", abstract: "List the packs of this program.")

  @OptionGroup var answer: JSONOptions
  @OptionGroup var options: GlobalOptions

  func run() throws {
    let packs = Root.context.registry.packs
    let width = packs.map { $0.name.count }.max() ?? 0
    for pack in packs {
      if answer.json {
        print("{\"name\":\"\(pack.name)\",\"abstract\":\(jsonString(pack.abstract))}")
      } else {
        let padding = String(repeating: " ", count: width - pack.name.count)
        print("\(pack.name)\(padding)  \(pack.abstract)")
      }
    }
  }
}

/// A JSON string literal (RFC 8259).
func jsonString(_ text: String) -> String {
  var literal = "\""
  for scalar in text.unicodeScalars {
    switch scalar {
    case "\"": literal += "\\\""
    case "\\": literal += "\\\\"
    case "\n": literal += "\\n"
    case "\t": literal += "\\t"
    case let control where control.value < 0x20:
      let digits = String(control.value, radix: 16)
      literal += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
    default: literal.unicodeScalars.append(scalar)
    }
  }
  return literal + "\""
}
