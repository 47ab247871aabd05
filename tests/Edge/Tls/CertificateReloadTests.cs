using System.Diagnostics.Metrics;
using System.Net.WebSockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Realtime.Edge.Tls;
using Realtime.Hosting.Configuration;
using Realtime.Hosting.Files;
using Realtime.Tests.Support;

namespace Realtime.Tests.Edge.Tls;

/// <summary>Certificate files are taken over while the edge runs, and warned of before they end.</summary>
public sealed class CertificateReloadTests : IAsyncLifetime, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("edge-certificates").FullName;
    private readonly TestCertificates _authority = new();
    private readonly string _token = EdgeUnderTest.Token();
    private FakeWorker _worker = null!;

    private string CertificateFile => Path.Combine(_directory, "edge.crt");

    private string KeyFile => Path.Combine(_directory, "edge.key");

    public async Task InitializeAsync() => _worker = await FakeWorker.StartAsync("w1");

    public async Task DisposeAsync() => await _worker.DisposeAsync();

    public void Dispose()
    {
        _authority.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public async Task New_handshakes_get_the_new_certificate_and_open_connections_stay()
    {
        using X509Certificate2 first = Put("first");
        await using EdgeUnderTest edge = await StartAsync();
        ClientWebSocket open = await edge.ConnectAsync("/ws/agents", _token);
        Assert.Equal("w1", await EdgeUnderTest.ReadTextAsync(open));
        Assert.Equal("CN=first", await ShownAsync(edge));

        using X509Certificate2 second = Put("second", days: 20);
        edge.Services.GetRequiredService<WatchedFiles>().Look();

        Assert.Equal("CN=second", await ShownAsync(edge));
        await open.SendAsync("still here"u8.ToArray(), WebSocketMessageType.Text, true, CancellationToken.None);
        Assert.Equal("still here", await EdgeUnderTest.ReadTextAsync(open));
        JsonElement certificate = (await edge.AdminAsync("/admin/edge")).GetProperty("certificate");
        Assert.Equal("CN=second", certificate.GetProperty("subject").GetString());
        Assert.Equal("file", certificate.GetProperty("source").GetString());
        Assert.Equal(
            new DateTimeOffset(second.NotAfter).ToUnixTimeMilliseconds(),
            certificate.GetProperty("not_after").GetInt64());
    }

    [Fact]
    public async Task What_is_of_no_use_leaves_the_old_one_in_place_and_is_told()
    {
        using X509Certificate2 first = Put("first");
        await using EdgeUnderTest edge = await StartAsync();
        WatchedFiles files = edge.Services.GetRequiredService<WatchedFiles>();
        using X509Certificate2 other = _authority.Server("other");
        using X509Certificate2 ended = _authority.Server("ended", days: -1);
        (string Name, Action Change)[] changes =
        [
            ("no PEM", () => TestCertificates.Replace(CertificateFile, "garbage")),
            ("another's key", () => TestCertificates.Replace(CertificateFile, other.ExportCertificatePem())),
            ("ended", () => TestCertificates.Write(ended, CertificateFile, KeyFile)),
            ("gone", () => File.Delete(CertificateFile)),
        ];

        foreach ((string name, Action change) in changes)
        {
            int warnings = Warnings(edge);
            change();
            files.Look();
            files.Look();
            Assert.True(await ShownAsync(edge) == "CN=first", name);
            Assert.True(Warnings(edge) == warnings + 1, name);
        }

        TestCertificates.Write(other, CertificateFile, KeyFile);
        files.Look();
        Assert.Equal("CN=other", await ShownAsync(edge));
        Assert.DoesNotContain(edge.Logs.Lines, line => line.Contains("PRIVATE", StringComparison.Ordinal));
    }

    [Fact]
    public void A_certificate_that_cannot_be_used_stops_the_start()
    {
        using X509Certificate2 first = Put("first");
        TestCertificates.Replace(KeyFile, "garbage");

        ConfigurationErrorException error = Assert.Throws<ConfigurationErrorException>(() => New(new ManualClock()));
        ConfigurationError about = Assert.Single(error.Errors);
        Assert.Equal(("connection_plane:edge:tls:key_file", KeyFile), (about.Key, about.Value));
        TestCertificates.Replace(CertificateFile, "garbage");

        error = Assert.Throws<ConfigurationErrorException>(() => New(new ManualClock()));
        about = Assert.Single(error.Errors);
        Assert.Equal(("connection_plane:edge:tls:certificate_file", CertificateFile), (about.Key, about.Value));
    }

    [Fact]
    public void A_key_of_another_certificate_is_the_key_s_fault()
    {
        Put("first").Dispose();
        string other = File.ReadAllText(KeyFile);
        Put("second").Dispose();
        TestCertificates.Replace(KeyFile, other);

        ConfigurationErrorException error = Assert.Throws<ConfigurationErrorException>(() => New(new ManualClock()));

        Assert.Equal("connection_plane:edge:tls:key_file", Assert.Single(error.Errors).Key);
    }

    [Fact]
    public async Task Its_end_is_warned_of_at_thirty_seven_and_one_days_and_when_it_is_there()
    {
        var clock = new ManualClock();
        using X509Certificate2 first = Put(
            "first", (clock.GetUtcNow().AddDays(40) - TimeProvider.System.GetUtcNow()).TotalDays);
        var logs = new CapturedLogs();
        using var expiry = new CertificateExpiry(
            New(clock), clock, new LoggerFactory([logs]).CreateLogger<CertificateExpiry>());
        await expiry.StartAsync(CancellationToken.None);
        foreach ((int day, int told) in new[] { (9, 0), (11, 1), (20, 1), (34, 2), (39, 3), (40, 4), (50, 4) })
        {
            await ToDayAsync(clock, day);
            await Eventually.TrueAsync($"{told} are told by day {day}", () => logs.Lines.Count == told);
        }

        Assert.Equal(["Warning", "Warning", "Warning", "Error"], logs.Lines.Select(line => line.Split(' ')[0]));
        await expiry.StopAsync(CancellationToken.None);
    }

    [Theory]
    [InlineData(SslProtocols.Tls12, true)]
    [InlineData(SslProtocols.Tls13, true)]
#pragma warning disable SYSLIB0039, CA5397 // That they are refused is what is tested.
    [InlineData(SslProtocols.Tls11, false)]
    [InlineData(SslProtocols.Tls, false)]
#pragma warning restore SYSLIB0039, CA5397
    public async Task Versions_of_TLS(SslProtocols version, bool isSpoken)
    {
        await using EdgeUnderTest edge = await EdgeUnderTest.StartAsync([_worker]);
        foreach (Uri address in new[] { edge.PublicAddress, edge.AdminAddress })
        {
            Task<RawConnection> connecting = RawConnection.ConnectTlsAsync(address, versions: version);
            if (isSpoken)
            {
                await using RawConnection spoken = await connecting;
                Assert.NotNull(spoken.Shown);
            }
            else
            {
                await Assert.ThrowsAnyAsync<Exception>(() => connecting);
            }
        }
    }

    [Fact]
    public async Task Browsers_are_told_to_come_by_TLS_only_unless_the_certificate_is_made_for_development()
    {
        using X509Certificate2 first = Put("first");
        await using EdgeUnderTest edge = await StartAsync();
        await using EdgeUnderTest development = await EdgeUnderTest.StartAsync([_worker]);
        foreach (string path in new[] { "/", "/healthz", "/v1/events", "/nowhere" })
        {
            await using RawConnection client = await RawConnection.ConnectTlsAsync(edge.PublicAddress);
            await client.SendAsync($"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
            string answer = await client.EverythingAsync();
            Assert.Contains("Strict-Transport-Security: max-age=31536000\r\n", answer, StringComparison.Ordinal);
            Assert.Contains("X-Content-Type-Options: nosniff\r\n", answer, StringComparison.Ordinal);
        }

        using HttpResponseMessage page = await development.GetAsync("/");
        Assert.False(page.Headers.Contains("Strict-Transport-Security"));
        Assert.Equal("nosniff", page.Headers.GetValues("X-Content-Type-Options").Single());
    }

    private static int Warnings(EdgeUnderTest edge) => edge.Logs.Lines.Count(
        line => line.StartsWith("Warning Realtime.Hosting.Files", StringComparison.Ordinal));

    private static async Task<string> ShownAsync(EdgeUnderTest edge)
    {
        await using RawConnection client = await RawConnection.ConnectTlsAsync(edge.PublicAddress);
        return client.Shown!.Subject;
    }

    // An hour at a time: each look asks for the next one.
    private static async Task ToDayAsync(ManualClock clock, int day)
    {
        var start = new DateTimeOffset(2026, 11, 21, 8, 0, 0, TimeSpan.Zero);
        while (clock.GetUtcNow() < start.AddDays(day).AddHours(1))
        {
            await Eventually.TrueAsync("the next look is planned", () => clock.Waits.Count > 0);
            clock.Advance(TimeSpan.FromHours(12));
        }
    }

    private X509Certificate2 Put(string name, double days = 90)
    {
        X509Certificate2 certificate = _authority.Server(name, days);
        TestCertificates.Write(certificate, CertificateFile, KeyFile);
        return certificate;
    }

    private EdgeCertificate New(TimeProvider clock)
    {
        ServiceProvider services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var files = new WatchedFiles(
            new ManualClock(), new WatchedFileMetrics(services.GetRequiredService<IMeterFactory>()),
            NullLogger<WatchedFiles>.Instance);
        return new EdgeCertificate(
            new TlsOptions { CertificateFile = CertificateFile, KeyFile = KeyFile }, files, clock,
            NullLogger<EdgeCertificate>.Instance);
    }

    private Task<EdgeUnderTest> StartAsync() => EdgeUnderTest.StartAsync(
        [_worker], ("connection_plane:edge:tls:certificate_file", CertificateFile),
        ("connection_plane:edge:tls:key_file", KeyFile),
        ("connection_plane:edge:tls:development_certificate", "false"));
}
