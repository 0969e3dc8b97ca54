/// The dashboard: one page of HTML that brings its own style and script and loads nothing else.
///
/// It reads `/api/history` once, follows `/api/events`, and asks for `/api/schema` now and then.
public enum DashboardPage {
    /// The whole page.
    public static let html = """
        <!doctype html>
        <html lang="en">
        <head>
        <meta charset="utf-8">
        <meta name="viewport" content="width=device-width, initial-scale=1">
        <meta name="color-scheme" content="light dark">
        <title>Osier</title>
        <link rel="icon" href="\(icon)">
        <style>
        \(style)
        </style>
        </head>
        \(body)
        <script>
        "use strict";
        \(formats)
        \(charts)
        \(network)
        \(panels)
        \(timeline)
        \(stream)
        </script>
        </html>
        """

    /// A shoot with two leaves.
    private static let icon =
        "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
        + "%3Cpath d='M8 15V5M8 9C4 9 3 6 3 3c4 0 5 3 5 6Zm0 3c4 0 5-3 5-6-4 0-5 3-5 6Z' "
        + "fill='%232f7d4f' stroke='%232f7d4f'/%3E%3C/svg%3E"
}
