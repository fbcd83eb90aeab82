// swift-tools-version: 6.2
// Layers and what each may import: Docs/Decisions/0001-layers.md. `Scripts/check-imports` holds
// the sources to the dependencies named here.

import PackageDescription

let settings: [SwiftSetting] = [
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

func layer(_ name: String, path: String? = nil, resources: [Resource] = [],
           _ dependencies: [Target.Dependency] = []) -> Target {
  .target(
    name: name, dependencies: dependencies, path: path, exclude: path == nil ? [] : ["README.md"],
    resources: resources, swiftSettings: settings)
}

func tests(_ target: String, _ dependencies: [Target.Dependency] = []) -> Target {
  .testTarget(
    name: target + "Tests", dependencies: [.init(stringLiteral: target)] + dependencies,
    swiftSettings: settings)
}

let package = Package(
  name: "seqkit",
  products: [
    .executable(name: "seqkit", targets: ["seqkit"]),
    .library(name: "SeqKit", targets: ["SeqKit"]),
    .library(name: "SeqCommand", targets: ["SeqCommand"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
  ],
  targets: [
    .systemLibrary(name: "CZlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CBzip2", providers: [.apt(["libbz2-dev"])]),
    .systemLibrary(name: "CLzma", providers: [.apt(["liblzma-dev"])]),
    .systemLibrary(name: "CZstd", providers: [.apt(["libzstd-dev"])]),
    .systemLibrary(name: "CXXHash", providers: [.apt(["libxxhash-dev"])]),
    .systemLibrary(name: "CLibXML2", pkgConfig: "libxml-2.0", providers: [.apt(["libxml2-dev"])]),
    .systemLibrary(name: "CProcess"),
    .target(name: "CProcessor"),

    // Layer 0
    layer("SeqCore"),
    layer("SeqMath"),
    // Layer 1
    layer("SeqFormats", ["SeqCore", "SeqMath", "CProcessor", "CBzip2", "CLzma", "CZlib", "CZstd"]),
    layer("SeqMotifs", ["SeqCore", "SeqMath", "CProcessor"]),
    layer("SeqFeatures", ["SeqCore"]),
    layer("SeqInference", ["SeqCore", "SeqMath", "CProcessor"]),
    layer("SeqMetrics", ["SeqCore", "SeqMath"]),
    layer("SeqXML", ["CLibXML2"]),
    // Layer 2
    layer("SeqModel", ["SeqCore", "SeqMath", "SeqInference", "SeqFeatures", "CProcessor", "CXXHash"]),
    // Layer 3
    layer(
      "SeqTraining",
      ["SeqCore", "SeqMath", "SeqInference", "SeqFeatures", "SeqMetrics", "SeqModel"]),
    layer(
      "SeqNeural", ["CProcessor", "SeqCore", "SeqMath", "SeqInference", "SeqModel"]),
    layer("SeqPack", ["SeqCore", "SeqFormats", "SeqFeatures", "SeqModel"]),
    // Layer 4
    layer(
      "LanguagePack", path: "TaskPacks/Language",
      resources: [.copy("Manifests"), .copy("Models")],
      ["SeqCore", "SeqMath", "SeqFeatures", "SeqModel", "SeqPack", "SeqTraining"]),
    layer(
      "BiosequencePack", path: "TaskPacks/Biosequence",
      resources: [.copy("Grammars"), .copy("Models"), .copy("Motifs")], ["SeqPack"]),
    layer(
      "TEIPack", path: "TaskPacks/TEI", resources: [.copy("Manifests")],
      ["SeqCore", "SeqMath", "SeqFormats", "SeqFeatures", "SeqXML", "SeqPack"]),
    layer(
      "SeqReport",
      ["CProcess", "SeqCore", "SeqMath", "SeqFormats", "SeqMetrics", "SeqModel", "SeqPack"]),
    layer(
      "VideoPack", path: "TaskPacks/Video",
      [
        "SeqCore", "SeqMath", "SeqFormats", "SeqInference", "SeqMetrics", "SeqModel", "SeqNeural",
        "SeqPack", "SeqXML",
      ]),
    // Layer 5
    layer(
      "SeqKit",
      [
        "CProcessor", "SeqCore", "SeqMath", "SeqFormats", "SeqFeatures", "SeqInference", "SeqMetrics",
        "SeqModel", "SeqMotifs", "SeqNeural", "SeqTraining", "SeqPack",
      ]),
    // Layer 6
    layer(
      "SeqCommand",
      [
        "CProcessor", "SeqCore", "SeqFormats", "SeqKit", "SeqPack", "SeqReport", "SeqXML", "TEIPack",
        "VideoPack",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .executableTarget(
      name: "seqkit", dependencies: ["SeqCommand", "SeqPack", "LanguagePack", "BiosequencePack", "VideoPack"],
      swiftSettings: settings),

    // Maintenance: rebuilds the tokenizer's tables, see Scripts/train-tokenizer
    .executableTarget(
      name: "TokenizerTraining",
      dependencies: ["SeqCore", "SeqMath", "SeqFormats", "SeqFeatures", "SeqMetrics"],
      path: "Scripts/TokenizerTraining", swiftSettings: settings),

    // Tests
    .target(name: "SeqTestSupport", path: "Tests/SeqTestSupport", swiftSettings: settings),
    tests("SeqCore", ["SeqMath"]),
    tests("SeqMath"),
    tests("SeqInference", ["SeqCore", "SeqMath"]),
    tests("SeqFormats", ["SeqCore", "SeqMath", "SeqTestSupport"]),
    tests("SeqMotifs", ["SeqCore", "SeqMath", "SeqFormats", "SeqKit", "SeqTestSupport"]),
    tests("SeqXML", ["SeqTestSupport"]),
    tests(
      "VideoPack",
      ["SeqCore", "SeqMath", "SeqFormats", "SeqInference", "SeqMetrics", "SeqModel", "SeqNeural",
        "SeqTestSupport",
      ]),
    tests("TEIPack", ["SeqCore", "SeqFormats", "SeqTestSupport", "SeqXML"]),
    tests("SeqFeatures", ["SeqCore", "SeqMath", "SeqFormats", "SeqMetrics", "SeqTestSupport"]),
    tests("SeqNeural", ["SeqCore", "SeqMath", "SeqInference", "SeqModel"]),
    tests("SeqPack", ["SeqFeatures"]),
    tests("SeqReport", ["SeqCore", "SeqFormats", "SeqMetrics", "SeqPack"]),
    tests(
      "LanguagePack",
      ["SeqCore", "SeqMath", "SeqFormats", "SeqModel", "SeqPack", "SeqTestSupport"]),
    tests(
      "SeqCommand",
      [
        "LanguagePack", "SeqKit", "SeqPack", "SeqTestSupport", "seqkit",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    tests("SeqModel", ["SeqCore", "SeqMath", "SeqFeatures", "CXXHash"]),
    tests("SeqMetrics", ["SeqCore", "SeqMath", "SeqFormats", "SeqTestSupport"]),
    tests(
      "SeqTraining",
      [
        "SeqCore", "SeqMath", "SeqFormats", "SeqFeatures", "SeqInference", "SeqModel",
        "SeqTestSupport",
      ]),
    .testTarget(
      name: "ExamplesTests", dependencies: ["SeqKit"], path: "Docs/Examples",
      exclude: ["README.md", "SyllablesPack"], swiftSettings: settings),
    tests("SeqKit", ["SeqCore", "SeqFormats", "SeqMath", "SeqMetrics", "SeqTestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)
