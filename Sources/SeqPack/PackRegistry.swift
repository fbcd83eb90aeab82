/// The packs that a program was built with, in the order in which they are listed.
public struct PackRegistry: Sendable {
  /// The packs.
  public let packs: [any TaskPack.Type]

  /// Makes a registry.
  ///
  /// - Precondition: names are distinct and made of lower-case letters, digits and hyphens.
  public init(_ packs: [any TaskPack.Type]) {
    var names: Set<String> = []
    for pack in packs {
      precondition(Self.isName(pack.name), "\"\(pack.name)\" is no name for a pack")
      precondition(names.insert(pack.name).inserted, "two packs are called \"\(pack.name)\"")
    }
    self.packs = packs
  }

  /// The pack called `name`, or `nil` if there is none.
  public func pack(named name: String) -> (any TaskPack.Type)? {
    packs.first { $0.name == name }
  }

  /// Whether a pack can be called `name`: lower-case letters, digits and hyphens, a letter first.
  public static func isName(_ name: String) -> Bool {
    let letters = UInt8(ascii: "a")...UInt8(ascii: "z")
    let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
    return name.utf8.first.map(letters.contains) == true
      && name.utf8.allSatisfy {
        letters.contains($0) || digits.contains($0) || $0 == UInt8(ascii: "-")
      }
  }
}
