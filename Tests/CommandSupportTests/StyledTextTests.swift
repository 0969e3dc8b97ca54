import CommandSupport
import Testing

@Suite struct StyledTextTests {
    static let text = StyledText("ab", .good) + "cd" + StyledText("ef", .bad)

    @Test("without colours there is not one escape sequence")
    func plain() {
        #expect(Self.text.rendered(inColor: false) == "abcdef")
        #expect(Self.text.rendered(inColor: true) == "\u{1B}[32mab\u{1B}[0mcd\u{1B}[31mef\u{1B}[0m")
    }

    @Test("a fitted text is never wider, and says when it was cut", arguments: 0...8)
    func fitted(width: Int) {
        let fitted = Self.text.fitted(to: width)
        #expect(fitted.width == min(width, 6))
        #expect(fitted.plain.hasSuffix("…") == (1..<6).contains(width))
    }

    @Test("a padded text is never narrower", arguments: 0...8)
    func padded(width: Int) {
        #expect(Self.text.padded(to: width).width == max(width, 6))
    }

    @Test(
        "what a terminal would act upon is not in printable text",
        arguments: ["\u{1B}[2J", "a\nb", "\u{9B}31m", "x\u{202E}y", "\u{7F}", "\r"])
    func printable(hostile: String) {
        let allowed: (Unicode.Scalar) -> Bool = { $0.value >= 32 && $0.value < 127 || $0 == "·" }
        #expect(hostile.printable.unicodeScalars.allSatisfy(allowed))
        #expect(hostile.printable.unicodeScalars.count == hostile.unicodeScalars.count)
    }

    @Test("other scripts stay as they are", arguments: ["Größe", "温度", "déjà vu", "a b"])
    func scripts(text: String) {
        #expect(text.printable == text)
    }
}
