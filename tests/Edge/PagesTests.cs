using System.IO.Compression;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Realtime.Edge.Pages;

namespace Realtime.Tests.Edge;

/// <summary>The pages as browsers get them: headers, caching, packing, and what there is without them.</summary>
public sealed class PagesTests : IAsyncLifetime
{
    private const string Script = "assets/index-4f2a{b}.js";

    private static readonly string ScriptText = string.Concat(Enumerable.Repeat("console.log('seen');\n", 200));
    private static readonly byte[] Picture = [.. Enumerable.Range(0, 2_000).Select(i => (byte)i)];

    private EdgeUnderTest _edge = null!;

    public async Task InitializeAsync() => _edge = await StartAsync(
        ("index.html", Encoding.UTF8.GetBytes("<!doctype html><title>pages</title>")),
        (Script, Encoding.UTF8.GetBytes(ScriptText)),
        ("assets/picture-1.png", Picture));

    public async Task DisposeAsync() => await _edge.DisposeAsync();

    [Fact]
    public async Task The_first_page_needs_no_token_and_is_asked_for_again_each_time()
    {
        foreach (string path in new[] { "/", "/index.html" })
        {
            using HttpResponseMessage answer = await _edge.GetAsync(path);

            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            Assert.Equal("<!doctype html><title>pages</title>", await answer.Content.ReadAsStringAsync());
            Assert.Equal("text/html; charset=utf-8", Header(answer, "Content-Type"));
            Assert.Equal("no-cache", Header(answer, "Cache-Control"));
        }
    }

    [Fact]
    public async Task Files_whose_names_change_with_their_content_are_kept_for_good()
    {
        using HttpResponseMessage script = await _edge.GetAsync(PathOf(Script));
        using HttpResponseMessage picture = await _edge.GetAsync("/assets/picture-1.png");

        Assert.Equal(ScriptText, await script.Content.ReadAsStringAsync());
        Assert.Equal("text/javascript; charset=utf-8", Header(script, "Content-Type"));
        Assert.Equal("public, max-age=31536000, immutable", Header(script, "Cache-Control"));
        Assert.Equal("Accept-Encoding", Header(script, "Vary"));
        Assert.Equal(Picture, await picture.Content.ReadAsByteArrayAsync());
        Assert.Equal("image/png", Header(picture, "Content-Type"));
        Assert.Null(Header(picture, "Vary"));
    }

    [Fact]
    public async Task Every_file_says_what_the_browser_may_do_with_it()
    {
        foreach (string path in new[] { "/", PathOf(Script) })
        {
            using HttpResponseMessage answer = await _edge.GetAsync(path);

            Assert.Equal(
                "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
                + "font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
                Header(answer, "Content-Security-Policy"));
            Assert.Equal("nosniff", Header(answer, "X-Content-Type-Options"));
            Assert.Equal("no-referrer", Header(answer, "Referrer-Policy"));
            Assert.Equal("same-origin", Header(answer, "Cross-Origin-Opener-Policy"));
            Assert.Contains("camera=()", Header(answer, "Permissions-Policy"), StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("gzip, deflate, br, zstd", "br")]
    [InlineData("gzip, deflate", "gzip")]
    [InlineData("br;q=0, gzip;q=0.5", "gzip")]
    [InlineData("*", "br")]
    [InlineData("*;q=0", null)]
    [InlineData("BR", "br")]
    [InlineData("identity", null)]
    [InlineData("(,", null)]
    [InlineData(null, null)]
    public async Task Texts_are_packed_as_the_browser_takes_them(string? accepted, string? encoding)
    {
        using HttpResponseMessage answer = await GetAsync(PathOf(Script), ("Accept-Encoding", accepted));
        byte[] body = await answer.Content.ReadAsByteArrayAsync();

        Assert.Equal(encoding, Header(answer, "Content-Encoding"));
        Assert.Equal(body.Length, answer.Content.Headers.ContentLength);
        Assert.Equal(ScriptText, Unpack(body, encoding));
        Assert.Equal(encoding is null, body.Length == ScriptText.Length);
    }

    [Fact]
    public async Task Pictures_and_small_files_are_not_packed()
    {
        foreach (string path in new[] { "/assets/picture-1.png", "/" })
        {
            using HttpResponseMessage answer = await GetAsync(path, ("Accept-Encoding", "br"));
            Assert.Null(Header(answer, "Content-Encoding"));
        }
    }

    [Fact]
    public async Task Who_has_it_gets_no_body_and_each_encoding_has_its_own_tag()
    {
        var tags = new HashSet<string>();
        foreach (string encoding in new[] { "identity", "gzip", "br" })
        {
            using HttpResponseMessage first = await GetAsync(PathOf(Script), ("Accept-Encoding", encoding));
            string tag = Header(first, "ETag")!;
            Assert.True(tags.Add(tag), tag);

            foreach (string known in new[] { tag, $"W/{tag}", $"\"other\", {tag}", "*" })
            {
                using HttpResponseMessage again = await GetAsync(
                    PathOf(Script), ("Accept-Encoding", encoding), ("If-None-Match", known));
                Assert.True(again.StatusCode == HttpStatusCode.NotModified, $"{known}: {again.StatusCode}");
                Assert.Equal(tag, Header(again, "ETag"));
                Assert.Empty(await again.Content.ReadAsByteArrayAsync());
            }
        }

        using HttpResponseMessage changed = await GetAsync(PathOf(Script), ("If-None-Match", "\"other\""));
        Assert.Equal(HttpStatusCode.OK, changed.StatusCode);
    }

    [Fact]
    public async Task HEAD_is_GET_without_the_body()
    {
        using HttpResponseMessage answer = await _edge.SendAsync(HttpMethod.Head, PathOf(Script));

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(ScriptText.Length, answer.Content.Headers.ContentLength);
        Assert.Empty(await answer.Content.ReadAsByteArrayAsync());
    }

    [Fact]
    public async Task Other_methods_and_paths_are_problems()
    {
        foreach (string path in new[] { "/", PathOf(Script) })
        {
            using HttpResponseMessage posted = await _edge.SendAsync(HttpMethod.Post, path);
            await ProblemAssert.IsAsync(405, "method_not_allowed", posted);
            Assert.Equal("GET, HEAD", string.Join(", ", posted.Content.Headers.Allow.Order()));
        }

        foreach (string path in new[] { "/assets/", "/assets/none.js", "/t1", "/../edge.pem", "/%2e%2e/edge.pem" })
        {
            using HttpResponseMessage answer = await _edge.GetAsync(path);
            await ProblemAssert.IsAsync(404, "not_found", answer);
        }
    }

    [Fact]
    public async Task Operators_have_no_pages_on_their_listener()
    {
        using HttpResponseMessage answer = await _edge.GetAdminAsync("/");

        await ProblemAssert.IsAsync(404, "not_found", answer);
    }

    [Fact]
    public async Task A_build_without_pages_says_so_and_how_to_get_them()
    {
        await using EdgeUnderTest edge = await StartAsync();
        using HttpResponseMessage answer = await edge.GetAsync("/");

        JsonElement problem = await ProblemAssert.IsAsync(404, "not_found", answer);
        Assert.Contains("built without pages", problem.GetProperty("detail").GetString());
        Assert.Contains("Node.js 18", problem.GetProperty("detail").GetString());
    }

    [Fact]
    public async Task They_can_be_switched_off()
    {
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync(
            [("w1", "http://127.0.0.1:9")], ("connection_plane:edge:pages:enabled", "false"));
        using HttpResponseMessage answer = await edge.GetAsync("/");

        JsonElement problem = await ProblemAssert.IsAsync(404, "not_found", answer);
        Assert.Equal("This edge serves no pages.", problem.GetProperty("detail").GetString());
        Assert.False(edge.Services.GetRequiredService<PageFiles>().Any);
    }

    private static Task<EdgeUnderTest> StartAsync(params (string Path, byte[] Content)[] files) =>
        EdgeUnderTest.StartAsync(
            [("w1", "http://127.0.0.1:9")],
            services => services.Replace(ServiceDescriptor.Singleton(new PageFiles(enabled: true, files))));

    private static string PathOf(string file) => "/" + file.Replace("{", "%7B").Replace("}", "%7D");

    private static string? Header(HttpResponseMessage answer, string name) =>
        answer.Headers.NonValidated.TryGetValues(name, out var values)
            || answer.Content.Headers.NonValidated.TryGetValues(name, out values)
                ? values.ToString()
                : null;

    private static string Unpack(byte[] body, string? encoding)
    {
        using var packed = new MemoryStream(body);
        using Stream plain = encoding switch
        {
            "br" => new BrotliStream(packed, CompressionMode.Decompress),
            "gzip" => new GZipStream(packed, CompressionMode.Decompress),
            _ => packed,
        };
        using var reader = new StreamReader(plain);
        return reader.ReadToEnd();
    }

    private async Task<HttpResponseMessage> GetAsync(string path, params (string Name, string? Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        foreach ((string name, string? value) in headers.Where(header => header.Value is not null))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return await _edge.Client.SendAsync(request);
    }
}
