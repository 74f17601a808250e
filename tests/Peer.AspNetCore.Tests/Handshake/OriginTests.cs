using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HttpOverrides;
using Microsoft.Extensions.Options;
using Peers.TestKit;
using Peers.Tests.Kit;

namespace Peers.Tests.Handshake;

/// <summary>Whose pages may connect.</summary>
public sealed class OriginTests
{
    [Theory]
    [InlineData("localhost", "http://localhost")]
    [InlineData("localhost:8080", "http://localhost:8080")]
    [InlineData("localhost:80", "http://localhost")]
    [InlineData("Example.com", "http://example.com")]
    [InlineData("[::1]:5000", "http://[::1]:5000")]
    [InlineData("localhost:8080", "ws://localhost:8080")]
    [InlineData("localhost", "ws://localhost")]
    public async Task A_page_of_the_same_scheme_and_host_may_connect(string host, string origin)
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>());

        Assert.Equal(101, await StatusAsync(app, ("Host", host), ("Origin", origin)));
    }

    [Theory]
    [InlineData("https://localhost")]
    [InlineData("http://localhost:8080")]
    [InlineData("wss://localhost")]
    [InlineData("capacitor://localhost")]
    [InlineData("http://localhost.evil.example")]
    [InlineData("file://")]
    [InlineData("null")]
    public async Task A_foreign_page_gets_403_and_the_log_names_the_knob(string origin)
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>());
        var answer = await app.RequestAsync(RawClient.UpgradeRequest("/echo", ("Origin", origin)));

        Assert.Equal((403, "Pages of this origin may not connect."), (answer.Status, answer.Body));
        var line = (await app.Logs.FindAsync(101)).Text;
        Assert.StartsWith($"Origin '{origin}' may not connect to '/echo' (403). Add it to PeerOptions.AllowedOrigins", line, StringComparison.Ordinal);
    }

    // What is no origin may be anything. It used to be logged, with the advice to allow it, which fails the start.
    [Theory]
    [InlineData("http://evil.example/http://localhost")]
    [InlineData("http://user@localhost")]
    [InlineData("http://@localhost")]
    [InlineData("http://localhost/")]
    [InlineData("http://localhost?")]
    [InlineData("http://localhost#")]
    [InlineData("http:\\\\localhost")]
    [InlineData("http:localhost")]
    [InlineData("http://localhost/path")]
    [InlineData("")]
    [InlineData("localhost")]
    [InlineData("Bearer eyJhbGciOi")]
    public async Task A_value_that_is_no_origin_gets_403_and_is_not_logged(string origin)
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>());
        var answer = await app.RequestAsync(RawClient.UpgradeRequest("/echo", ("Origin", origin)));

        Assert.Equal(403, answer.Status);
        Assert.Equal("A request to '/echo' was refused (403): the value of its Origin header is no origin.", (await app.Logs.FindAsync(116)).Text);
    }

    // Log 101 advised to add them, and the start then failed.
    [Theory]
    [InlineData("capacitor://localhost")]
    [InlineData("ionic://localhost")]
    [InlineData("tauri://localhost")]
    [InlineData("app://-")]
    [InlineData("app://obsidian.md")]
    [InlineData("chrome-extension://abcdefghijklmnopabcdefghijklmnop")]
    [InlineData("moz-extension://0a1b2c3d-0000-4000-8000-000000000000")]
    [InlineData("safari-web-extension://0A1B2C3D-0000-4000-8000-000000000000")]
    [InlineData("vscode-webview://0abc")]
    [InlineData("capacitor://localhost:8100")]
    [InlineData("file://")]
    [InlineData("null")]
    public async Task The_page_of_an_app_shell_or_an_extension_connects_where_its_origin_is_listed_and_no_other_does(string origin)
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>(), options => options.AllowedOrigins.Add(origin));

        Assert.Equal(101, await StatusAsync(app, ("Origin", origin)));
        Assert.Equal(403, await StatusAsync(app, ("Origin", "tauri://elsewhere")));
        Assert.Equal(403, await StatusAsync(app, ("Origin", origin + "x")));
        Assert.Equal(403, await StatusAsync(app, ("Origin", "https://localhost")));
    }

    // Such an entry passed the start and allowed no page.
    [Theory]
    [InlineData("wss://app.example.com", "https://app.example.com")]
    [InlineData("wss://app.example.com:443", "wss://app.example.com")]
    [InlineData("ws://app.example.com", "http://app.example.com")]
    [InlineData("https://app.example.com", "wss://app.example.com")]
    public async Task The_address_of_a_websocket_counts_as_the_origin_of_its_page(string entry, string origin)
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>(), options => options.AllowedOrigins.Add(entry));

        Assert.Equal(101, await StatusAsync(app, ("Origin", origin)));
    }

    // A host whose name in Unicode cannot be told used to end the request with an exception.
    [Theory]
    [InlineData("xn--0", "http://localhost", 403)]
    [InlineData("xn--exampleOcNm", "http://localhost", 403)]
    [InlineData("xn--bcher-kva.example", "http://xn--bcher-kva.example", 101)]
    public async Task A_host_in_punycode_is_compared_as_it_stands(string host, string origin, int status)
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>());

        Assert.Equal(status, await StatusAsync(app, ("Host", host), ("Origin", origin)));
    }

    // Uri takes such a name, and throws when asked for it in ASCII: the request used to end with that exception.
    [Fact]
    public void An_origin_whose_host_has_no_ascii_form_is_foreign()
    {
        var request = new Microsoft.AspNetCore.Http.DefaultHttpContext().Request;
        request.Scheme = "https";
        request.Headers.Host = "ex\u00E4mple.co-";

        Assert.False(new OriginRule([]).Allows("https://ex\u00E4mple.co-", request));
    }

    [Fact]
    public async Task A_client_without_origin_is_no_browser_and_may_connect()
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>());

        Assert.Equal(101, await StatusAsync(app));
    }

    [Trait("option", "AllowedOrigins")]
    [Theory]
    [InlineData("https://app.example.com", true)]
    [InlineData("https://app.example.com/", true)]
    [InlineData("https://app.example.com/path", false)]
    [InlineData("https://user@app.example.com", false)]
    [InlineData("app.example.com", false)]
    public void What_is_listed_is_an_origin_with_or_without_a_slash(string entry, bool isOrigin)
    {
        if (isOrigin) Assert.True(new OriginRule([entry]).Allows("https://app.example.com", new Microsoft.AspNetCore.Http.DefaultHttpContext().Request));
        else Assert.Throws<FormatException>(() => new OriginRule([entry]));
    }

    [Theory]
    [InlineData("https://app.example.com", 101)]
    [InlineData("https://APP.example.com", 101)]
    [InlineData("https://app.example.com:443", 101)]
    [InlineData("http://localhost", 101)]
    [InlineData("http://app.example.com", 403)]
    [InlineData("https://sub.app.example.com", 403)]
    public async Task Listed_origins_may_connect_beside_the_own_one(string origin, int status)
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>(), options => options.AllowedOrigins.Add("https://app.example.com"));

        Assert.Equal(status, await StatusAsync(app, ("Origin", origin)));
    }

    [Theory]
    [InlineData("https://anything.example")]
    [InlineData("null")]
    public async Task A_star_allows_any_origin(string origin)
    {
        await using var app = await TestApp.StartAsync(app => app.MapPeer<EchoHandler>(), options => options.AllowedOrigins.Add("*"));

        Assert.Equal(101, await StatusAsync(app, ("Origin", origin)));
    }

    [Theory]
    [InlineData("https://shop.example", 101)]
    [InlineData("http://shop.example", 403)]
    [InlineData("http://localhost", 403)]
    public async Task Behind_a_proxy_the_forwarded_scheme_and_host_count(string origin, int status)
    {
        await using var app = await TestApp.StartAsync(app =>
        {
            app.UseForwardedHeaders(new ForwardedHeadersOptions { ForwardedHeaders = ForwardedHeaders.XForwardedProto | ForwardedHeaders.XForwardedHost });
            app.MapPeer<EchoHandler>();
        });

        Assert.Equal(status, await StatusAsync(app, ("X-Forwarded-Proto", "https"), ("X-Forwarded-Host", "shop.example"), ("Origin", origin)));
    }

    [Theory]
    [InlineData("example.com")]
    [InlineData("https://example.com/path")]
    [InlineData("https://*.example.com")]
    [InlineData("capacitor://*")]
    [InlineData("capacitor://localhost/path")]
    [InlineData("tauri:localhost")]
    [InlineData("1app://localhost")]
    [InlineData("https://a.example,https://b.example")]
    [InlineData("tauri://a,b")]
    [InlineData("https://")]
    [InlineData("")]
    public async Task An_allowed_origin_that_is_none_fails_the_start(string entry)
    {
        var failure = await Assert.ThrowsAsync<OptionsValidationException>(() => TestApp.StartAsync(app => app.MapPeer<EchoHandler>(), options => options.AllowedOrigins.Add(entry)));

        Assert.Contains($"PeerOptions.AllowedOrigins has '{entry}', which is no origin.", failure.Message, StringComparison.Ordinal);
    }

    private static async Task<int> StatusAsync(TestApp app, params (string, string?)[] headers) =>
        (await app.RequestAsync(RawClient.UpgradeRequest("/echo", headers))).Status;
}
