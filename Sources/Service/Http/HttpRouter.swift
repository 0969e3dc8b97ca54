import Dashboard
import FlyingFox
import FlyingSocks
import Foundation
import Synchronization
import WireFormat
import ZeroMQ

/// Knows what is behind each path.
struct HttpRouter: Sendable {
    let hub: TelemetryHub
    let gauges: Gauges
    let inference: InferenceServer
    /// Makes the trainer look for what is wanted of it.
    let trainerNotifier: EventDescriptor
    let maxBodyBytes: Int

    /// Answers one request; every answer is counted.
    func response(to request: HTTPRequest) async -> HTTPResponse {
        let response: HTTPResponse
        if request.path == "/api/events", request.method == .GET {
            response = events(request)
        } else {
            response = await reply(to: request).response
        }
        hub.noteResponse(code: response.statusCode.code)
        guard request.method == .HEAD else { return response }
        return Self.withoutBody(response)
    }

    private func reply(to request: HTTPRequest) async -> HttpReply {
        if request.path == "/v2" || request.path.hasPrefix("/v2/") {
            return await inferenceReply(to: request)
        }
        guard Self.pages.contains(request.path) else {
            return HttpReply(
                code: 404,
                error: "there is nothing at \(Self.excerpt(request.path)); the pages are "
                    + Self.pages.joined(separator: ", ") + " and /v2")
        }
        guard request.method == .GET || request.method == .HEAD else {
            return Self.wrongMethod(request, allowed: "GET, HEAD")
        }
        return await page(request.path)
    }

    private static let pages = [
        "/", "/metrics", "/healthz", "/readyz", "/api/status", "/api/events", "/api/history",
        "/api/schema",
    ]

    private func page(_ path: String) async -> HttpReply {
        switch path {
        case "/": return HttpReply(HttpReply.html, DashboardPage.html)
        case "/metrics":
            var reply = HttpReply(body: MetricsPage.text(hub.metricsSource(gauges)))
            reply.contentType = HttpReply.metrics
            return reply
        case "/healthz": return health()
        case "/readyz": return readiness()
        case "/api/status":
            return await waiting(for: "status") { hub.statusBody }
        case "/api/history": return HttpReply(body: hub.historyBody())
        case "/api/schema":
            return await schema()
        default: return HttpReply(code: 400, error: "\(path) is followed with GET")
        }
    }

    private func health() -> HttpReply {
        guard let seconds = hub.stuckSeconds(at: .now) else {
            return HttpReply(HttpReply.text, "ok\n")
        }
        var reply = HttpReply(
            HttpReply.text, "the learner has not answered for \(Int(seconds)) s\n")
        reply.code = 503
        return reply
    }

    private func readiness() -> HttpReply {
        if hub.isReady { return HttpReply(HttpReply.text, "ready\n") }
        var reply = HttpReply(
            HttpReply.text, "\(hub.status?.state ?? "starting"): takes no samples\n")
        reply.code = 503
        return reply
    }

    /// The statistics as they are now, or what was told last when the trainer is busy for long.
    private func schema() async -> HttpReply {
        let count = hub.schemaCount
        gauges.isSchemaWanted.store(true, ordering: .relaxed)
        trainerNotifier.signal()
        let reply = await waiting(for: "schema") {
            hub.schemaCount > count ? hub.schemaBody : nil
        }
        guard reply.code != 200, let body = hub.schemaBody else { return reply }
        return HttpReply(body: body)
    }

    /// What the threads have not told yet comes within moments of the start.
    private func waiting(for what: String, _ body: () -> [UInt8]?) async -> HttpReply {
        for _ in 0..<200 {
            if let body = body() { return HttpReply(body: body) }
            try? await Task.sleep(for: .milliseconds(10))
        }
        return HttpReply(
            code: 503, error: "there is no \(what) yet: the learner is busy; ask again in 1 s")
    }

    /// `GET /api/events?topics=status,drift&after=ID`
    private func events(_ request: HTTPRequest) -> HTTPResponse {
        var topics: [StatusTopic] = [.status, .adaptation, .drift, .alert]
        if let list = request.query.first(where: { $0.name == "topics" })?.value {
            let names = list.split(separator: ",").map(String.init)
            topics = names.compactMap(StatusTopic.init(rawValue:))
            guard topics.count == names.count, !topics.isEmpty else {
                return HttpReply(
                    code: 400,
                    error: "topics=\(Self.excerpt(list)): they are "
                        + StatusTopic.allCases.map(\.rawValue).joined(separator: ",")
                ).response
            }
        }
        let lastSeen =
            request.headers[HTTPHeader("Last-Event-ID")]
            ?? request.query.first { $0.name == "after" }?.value
        guard let stream = hub.follow(topics, lastSeen: lastSeen) else {
            return HttpReply(
                code: 503,
                error: "\(TelemetryHub.subscriberLimit) connections follow the events, or the "
                    + "daemon stops; close one or come back"
            ).response
        }
        return HTTPResponse(
            statusCode: .ok, headers: HttpReply.headers("text/event-stream"),
            body: HTTPBodySequence(
                from: EventBytes(events: stream), suggestedBufferSize: 65_536))
    }

    private static func withoutBody(_ response: HTTPResponse) -> HTTPResponse {
        var response = response
        if case .httpBody(let body) = response.payload, let count = body.count {
            response.headers[.contentLength] = String(count)
        }
        response.payload = .httpBody(HTTPBodySequence())
        return response
    }

    static func wrongMethod(_ request: HTTPRequest, allowed: String) -> HttpReply {
        var reply = HttpReply(
            code: 405,
            error: "\(excerpt(request.method.rawValue)) \(excerpt(request.path)): "
                + "send \(allowed)")
        reply.allow = allowed
        return reply
    }

    /// What a client sent, short enough for a message.
    static func excerpt(_ text: String) -> String {
        text.count <= 100 ? text : text.prefix(100) + "…"
    }
}

extension HttpRouter {
    /// The Open Inference Protocol, HTTP/REST.
    private func inferenceReply(to request: HTTPRequest) async -> HttpReply {
        let path = InferencePath(request.path)
        let isPost = path == .infer
        guard let path else {
            return HttpReply(
                code: 404,
                error: "\(Self.excerpt(request.path)): the model is \(InferenceServer.modelName), "
                    + "its version \(InferenceServer.modelVersion)")
        }
        guard isPost ? request.method == .POST : [.GET, .HEAD].contains(request.method) else {
            return Self.wrongMethod(request, allowed: isPost ? "POST" : "GET, HEAD")
        }
        guard isPost else { return inference.reply(to: path, isReady: hub.isReady) }
        guard let body = await body(of: request) else {
            return HttpReply(
                code: 413,
                error: "the body has more than \(maxBodyBytes) bytes; send fewer samples at a "
                    + "time or raise sockets.max_message_bytes")
        }
        return inference.infer(body)
    }

    /// The body, unless it is too long or breaks off.
    private func body(of request: HTTPRequest) async -> [UInt8]? {
        var bytes: [UInt8] = []
        do {
            for try await part in request.bodySequence {
                guard bytes.count + part.count <= maxBodyBytes else { return nil }
                bytes += part
            }
        } catch {
            // The library closes a connection that broke off; nobody reads this answer.
            return bytes
        }
        return bytes
    }
}
