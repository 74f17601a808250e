using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace Peers;

/// <summary>Answers a plain request to a peer's path after everything else has had its turn.</summary>
/// <remarks>
/// Middleware for static files leaves a request alone for which routing has chosen an endpoint that can run. For a plain request to a path
/// that only a peer is mapped to, routing therefore chooses <see cref="PeerEndpoint.Plain"/>, which cannot run; what no middleware answers
/// is answered here.
/// </remarks>
internal sealed class PlainRequestFilter : IStartupFilter
{
    private bool _isInPipeline;

    /// <summary>Whether a file may be what the request asks for, and this filter will answer it if there is none.</summary>
    public bool MayBeFile(HttpRequest request) =>
        _isInPipeline && (HttpMethods.IsGet(request.Method) || HttpMethods.IsHead(request.Method));

    public Action<IApplicationBuilder> Configure(Action<IApplicationBuilder> next) => app =>
    {
        _isInPipeline = true;
        app.Use(AnswerBehindBranches);
        next(app);
        app.Use(AnswerAtEnd);
    };

    private static RequestDelegate AnswerAtEnd(RequestDelegate next) =>
        http => PeerOf(http) is { } peer ? peer.ServeAsync(http) : next(http);

    // A branch of the pipeline with routing of its own, such as that of Map, has an end of its own.
    private static RequestDelegate AnswerBehindBranches(RequestDelegate next) =>
        http => OpeningHandshake.IsAttempt(http) ? next(http) : AnswerAfterAsync(next, http);

    private static async Task AnswerAfterAsync(RequestDelegate next, HttpContext http)
    {
        await next(http);
        if (http.Response is not { StatusCode: StatusCodes.Status404NotFound, HasStarted: false }) return;
        if (PeerOf(http) is { } peer) await peer.ServeAsync(http);
    }

    private static PeerEndpoint? PeerOf(HttpContext http) =>
        http.GetEndpoint() is { RequestDelegate: null } endpoint ? endpoint.Metadata.GetMetadata<PeerEndpoint>() : null;
}
