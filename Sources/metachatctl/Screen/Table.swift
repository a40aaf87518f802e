/// Rows under headings, laid out for a width.
struct Table: Sendable, Hashable {
    struct Column: Sendable, Hashable {
        var title: String
        /// Numbers stand at the right.
        var isRight = false
        /// Given up first when there is no room: the highest.
        var rank = 0
        /// Never narrower than its widest cell: ids, which people copy.
        var isWhole = false
        /// Before it gets narrower, others are left out: more for texts.
        var narrowest = 12
    }

    struct Cell: Sendable, Hashable {
        var text: String
        var ink: Style.Ink?

        init(_ text: String, ink: Style.Ink? = nil) {
            self.text = text
            self.ink = ink
        }
    }

    var columns: [Column]
    var rows: [[Cell]]

    /// Between two columns.
    private static let gap = 2

    func lines(width: Int, style: Style) -> [String] {
        guard !columns.isEmpty else { return [] }
        let natural = columns.indices.map { index in
            rows.reduce(TextWidth.of(columns[index].title)) { max($0, TextWidth.of($1[index].text)) }
        }
        let widths = Self.widths(natural: natural, columns: columns, width: width)
        let shown = columns.indices.filter { widths[$0] > 0 }
        func line(_ cells: [Cell], _ ink: (Cell) -> Style.Ink?) -> String {
            var parts: [String] = []
            for index in shown {
                let isLast = index == shown.last
                let text = TextWidth.cut(cells[index].text, to: widths[index])
                let painted = style(ink(cells[index]), text)
                let space = String(repeating: " ", count: max(0, widths[index] - TextWidth.of(text)))
                parts.append(
                    columns[index].isRight ? space + painted : isLast ? painted : painted + space)
            }
            return parts.joined(separator: String(repeating: " ", count: Self.gap))
        }
        let head = line(columns.map { Cell($0.title.uppercased()) }) { _ in .bold }
        return [head] + rows.map { line($0) { $0.ink } }
    }

    /// Each column's width; 0 for one that is left out.
    ///
    /// First wide columns give room, down to their narrowest; then the columns that matter least go; last, even ids are cut.
    static func widths(natural: [Int], columns: [Column], width: Int) -> [Int] {
        var shown = Array(columns.indices)
        while true {
            let available = width - gap * (shown.count - 1)
            var widths = [Int](repeating: 0, count: columns.count)
            for index in shown { widths[index] = natural[index] }
            let flexible = shown.filter { !columns[$0].isWhole }
            let excess = shrink(&widths, to: available, among: flexible) { columns[$0].narrowest }
            if excess <= 0 { return widths }
            guard shown.count > 1, let victim = shown.max(by: { columns[$0].rank < columns[$1].rank }),
                columns[victim].rank > 0
            else {
                _ = shrink(&widths, to: available, among: shown) { _ in 1 }
                return widths
            }
            shown.removeAll { $0 == victim }
        }
    }

    /// Takes from the widest that may give, column by column; gives what is still too much.
    private static func shrink(
        _ widths: inout [Int], to available: Int, among indices: [Int], _ floor: (Int) -> Int
    ) -> Int {
        var excess = widths.reduce(0, +) - available
        while excess > 0 {
            let giving = indices.filter { widths[$0] > floor($0) }
            guard let widest = giving.max(by: { widths[$0] < widths[$1] }) else { return excess }
            widths[widest] -= 1
            excess -= 1
        }
        return excess
    }
}
