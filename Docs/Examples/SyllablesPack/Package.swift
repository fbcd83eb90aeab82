// swift-tools-version: 6.2
import PackageDescription

let package = Package(
  name: "SyllablesPack",
  products: [.executable(name: "seqkit-syllables", targets: ["seqkit-syllables"])],
  dependencies: [.package(name: "seqkit", path: "../../..")],
  targets: [
    .executableTarget(
      name: "seqkit-syllables",
      dependencies: [
        .product(name: "SeqKit", package: "seqkit"),
        .product(name: "SeqCommand", package: "seqkit"),
      ])
  ])
