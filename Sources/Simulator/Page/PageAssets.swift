enum PageAssets {
    static let html = "<!doctype html><title>x</title>"
    static let css = ""
    static let script = ""
}
