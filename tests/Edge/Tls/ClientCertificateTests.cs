using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Files;

namespace Realtime.Tests.Edge.Tls;

/// <summary>Client certificates: accepted, required of producers, or not asked for.</summary>
public sealed class ClientCertificateTests : IAsyncLifetime, IDisposable
{
    private const string Publish = "POST /v1/events HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n";

    private readonly string _directory = Directory.CreateTempSubdirectory("edge-authorities").FullName;
    private readonly TestCertificates _authority = new();
    private readonly TestCertificates _stranger = new("Another authority");
    private readonly string _token = EdgeUnderTest.Token(scope: "read:* publish:*");
    private FakeWorker _worker = null!;

    private string File => Path.Combine(_directory, "authorities.crt");

    public async Task InitializeAsync()
    {
        _worker = await FakeWorker.StartAsync("w1");
        TestCertificates.Replace(File, _authority.AuthorityPem);
    }

    public async Task DisposeAsync() => await _worker.DisposeAsync();

    public void Dispose()
    {
        _authority.Dispose();
        _stranger.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task Producers_need_one_where_it_is_required_and_viewers_do_not()
    {
        await using EdgeUnderTest edge = await StartAsync("required_for_producers");
        using var sums = new MetricSums(edge);
        using X509Certificate2 good = _authority.Client("producer");

        Assert.Contains("certificate_required", await SendAsync(edge, null, Publish), StringComparison.Ordinal);
        Assert.Contains(
            "certificate_required",
            await SendAsync(edge, null, "GET /v1/publish HTTP/1.1\r\nHost: localhost\r\n"), StringComparison.Ordinal);
        Assert.Equal(2, sums["realtime_edge_refused_total stage=tls,reason=client_certificate"]);
        Assert.Empty(_worker.Seen);
        Assert.StartsWith("HTTP/1.1 200", await SendAsync(edge, good, Publish), StringComparison.Ordinal);
        Assert.StartsWith(
            "HTTP/1.1 200", await SendAsync(edge, null, "GET /v1/events HTTP/1.1\r\nHost: localhost\r\n"),
            StringComparison.Ordinal);
        // It is no token.
        Assert.StartsWith("HTTP/1.1 401", await SendAsync(edge, good, Publish, token: ""), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_of_another_authority_or_purpose_or_time_ends_the_handshake()
    {
        await using EdgeUnderTest edge = await StartAsync("accepted");
        using X509Certificate2 strange = _stranger.Client("producer");
        using X509Certificate2 server = _authority.Server("producer");
        using X509Certificate2 ended = _authority.Client("producer", days: -1);
        using X509Certificate2 good = _authority.Client("producer");

        foreach (X509Certificate2 bad in new[] { strange, server, ended })
        {
            Assert.Equal("", await SendAsync(edge, bad, Publish));
        }

        Assert.StartsWith("HTTP/1.1 200", await SendAsync(edge, good, Publish), StringComparison.Ordinal);
        Assert.StartsWith("HTTP/1.1 200", await SendAsync(edge, null, Publish), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Authorities_are_taken_over_while_the_edge_runs()
    {
        await using EdgeUnderTest edge = await StartAsync("accepted");
        using X509Certificate2 next = _stranger.Client("producer");
        Assert.Equal("", await SendAsync(edge, next, Publish));

        TestCertificates.Replace(File, _stranger.AuthorityPem);
        edge.Services.GetRequiredService<WatchedFiles>().Look();

        Assert.StartsWith("HTTP/1.1 200", await SendAsync(edge, next, Publish), StringComparison.Ordinal);
        using X509Certificate2 last = _authority.Client("producer");
        Assert.Equal("", await SendAsync(edge, last, Publish));
    }

    [Fact]
    public async Task The_file_and_the_mode_go_together()
    {
        ConfigurationErrorException noFile = await Assert.ThrowsAsync<ConfigurationErrorException>(
            () => EdgeUnderTest.StartAsync([_worker], ("connection_plane:edge:tls:client_certificates", "accepted")));
        Assert.Equal("connection_plane:edge:tls:client_ca_file", Assert.Single(noFile.Errors).Key);
        ConfigurationErrorException noMode = await Assert.ThrowsAsync<ConfigurationErrorException>(
            () => EdgeUnderTest.StartAsync([_worker], ("connection_plane:edge:tls:client_ca_file", File)));
        Assert.Equal("connection_plane:edge:tls:client_certificates", Assert.Single(noMode.Errors).Key);
        TestCertificates.Replace(File, "garbage");
        ConfigurationErrorException garbage = await Assert.ThrowsAsync<ConfigurationErrorException>(
            () => StartAsync("accepted"));
        Assert.Equal("connection_plane:edge:tls:client_ca_file", Assert.Single(garbage.Errors).Key);
    }

    private Task<EdgeUnderTest> StartAsync(string mode) => EdgeUnderTest.StartAsync(
        [_worker], ("connection_plane:edge:tls:client_ca_file", File),
        ("connection_plane:edge:tls:client_certificates", mode));

    /// <summary>The answer; "" if there is no connection.</summary>
    private async Task<string> SendAsync(
        EdgeUnderTest edge, X509Certificate2? certificate, string head, string? token = null)
    {
        try
        {
            await using RawConnection client = await RawConnection.ConnectTlsAsync(
                edge.PublicAddress, certificate: certificate);
            await client.SendAsync($"{head}Authorization: Bearer {token ?? _token}\r\nConnection: close\r\n\r\n{{}}");
            return await client.EverythingAsync();
        }
        catch (Exception error) when (error is IOException or System.Security.Authentication.AuthenticationException)
        {
            // By TLS 1.3 the client may have sent its request before it learns that it is refused.
            return "";
        }
    }
}
