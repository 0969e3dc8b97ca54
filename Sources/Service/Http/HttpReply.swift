import Features
import FlyingFox
import Foundation

/// An answer, before it becomes a response of the HTTP library.
struct HttpReply {
    var code = 200
    var contentType = HttpReply.json
    var body: [UInt8]
    /// Methods of the path, when the one of the request is not among them.
    var allow: String?

    static let json = "application/json"
    static let html = "text/html; charset=utf-8"
    static let text = "text/plain; charset=utf-8"
    static let metrics = "text/plain; version=0.0.4; charset=utf-8"

    init(body: [UInt8]) { self.body = body }

    init(_ contentType: String, _ text: String) {
        self.contentType = contentType
        body = Array(text.utf8)
    }

    var response: HTTPResponse {
        var headers = Self.headers(contentType)
        if let allow { headers[HTTPHeader("Allow")] = allow }
        return HTTPResponse(
            statusCode: HTTPStatusCode(code, phrase: Self.phrase(code)), headers: headers,
            body: HTTPBodySequence(data: Data(body), suggestedBufferSize: 65_536))
    }

    /// A page may load nothing but itself, and nothing is to be kept: all of it is about now.
    static func headers(_ contentType: String) -> HTTPHeaders {
        var headers = HTTPHeaders()
        headers[.contentType] = contentType
        headers[HTTPHeader("Cache-Control")] = "no-store"
        headers[HTTPHeader("X-Content-Type-Options")] = "nosniff"
        if contentType == html {
            headers[HTTPHeader("Content-Security-Policy")] =
                "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
                + "connect-src 'self'; img-src data:; base-uri 'none'; frame-ancestors 'none'"
        }
        return headers
    }

    private static func phrase(_ code: Int) -> String {
        switch code {
        case 200: "OK"
        case 400: "Bad Request"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 413: "Content Too Large"
        case 429: "Too Many Requests"
        case 503: "Service Unavailable"
        default: "Error"
        }
    }
}

extension Refusal.Code {
    /// The status code that fits.
    var httpCode: Int {
        switch self {
        case .tooLarge: 413
        case .busy: 429
        case .noModel: 503
        case .unsupported: 400
        case .internal: 500
        default: 400
        }
    }
}
