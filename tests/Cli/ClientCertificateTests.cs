using System.Security.Cryptography.X509Certificates;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Realtime.Client;
using Realtime.Edge.Tls;
using Realtime.Protocol.Events;
using Realtime.Tests.Edge;
using Realtime.Tests.Edge.Tls;
using Realtime.Tests.EndToEnd;

namespace Realtime.Tests.Cli;

/// <summary>Producers before an edge that wants a certificate of them: the tool, and the SDK under it.</summary>
public sealed class ClientCertificateTests : IAsyncLifetime, IDisposable
{
    private static readonly JsonElement Said = JsonSerializer.SerializeToElement("said");

    private readonly string _directory = Directory.CreateTempSubdirectory("client-certificate").FullName;
    private readonly TestCertificates _authority = new();
    private readonly Dictionary<string, string> _environment = [];
    private DoorScene _scene = null!;

    private string Certificate => Path.Combine(_directory, "producer.crt");

    private string Key => Path.Combine(_directory, "producer.key");

    public async Task InitializeAsync()
    {
        string authorities = Path.Combine(_directory, "authorities.crt");
        TestCertificates.Replace(authorities, _authority.AuthorityPem);
        using X509Certificate2 producer = _authority.Client("producer");
        TestCertificates.Write(producer, Certificate, Key);
        _scene = await DoorScene.StartAsync(
            EdgeUnderTest.InternalKey, EdgeUnderTest.SigningKey,
            ("connection_plane:edge:tls:client_certificates", "required_for_producers"),
            ("connection_plane:edge:tls:client_ca_file", authorities));
        string trusted = Path.Combine(_directory, "edge.crt");
        TestCertificates.Replace(trusted, EdgeCertificate().ExportCertificatePem());
        _environment["REALTIME_URL"] = _scene.Edge.PublicAddress.ToString();
        _environment["REALTIME_CA"] = trusted;
        _environment["REALTIME_TOKEN"] = EdgeUnderTest.Token(scope: "publish:*");
    }

    public async Task DisposeAsync()
    {
        await _scene.DisposeAsync();
        Directory.Delete(_directory, recursive: true);
    }

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task The_tool_publishes_and_pipes_with_one_and_is_refused_without()
    {
        await using (CliRun without = await PublishAsync())
        {
            Assert.Equal(3, without.ExitCode);
            Assert.Contains("certificate", without.Errors, StringComparison.Ordinal);
        }

        await using (CliRun with = await PublishAsync("--client-cert", Certificate, "--client-key", Key))
        {
            Assert.Equal((0, ""), (with.ExitCode, with.Errors));
        }

        _environment["REALTIME_CLIENT_CERT"] = Both();
        await using CliRun piped = await CliRun.RunAsync(_environment, "said\n"u8.ToArray(), "pipe", "--task", "t1");
        Assert.Equal(0, piped.ExitCode);
    }

    [Fact]
    public async Task The_sdk_shows_one()
    {
        using X509Certificate2 trusted = EdgeCertificate();
        using var shown = X509Certificate2.CreateFromPemFile(Certificate, Key);
        await using var client = new RealtimeClient(new RealtimeClientOptions
        {
            Url = _scene.Edge.PublicAddress,
            Token = FixedToken.Of(_environment["REALTIME_TOKEN"]),
            TrustedCertificate = trusted,
            ClientCertificate = shown,
        });

        await client.PublishAsync(
            new EventDraft { Channel = Channel.Agents, Type = "t", Agent = "a1", Payload = Said });
    }

    [Fact]
    public async Task What_cannot_be_shown_is_told_before_anything_begins()
    {
        using X509Certificate2 other = _authority.Client("other");
        string otherKey = Path.Combine(_directory, "other.key");
        TestCertificates.Write(other, Path.Combine(_directory, "other.crt"), otherKey);
        foreach ((string[] options, string told) in new (string[], string)[]
        {
            (["--client-cert", Certificate], "must be PEM, belong together"),
            (["--client-cert", Certificate, "--client-key", otherKey], "must be PEM, belong together"),
            (["--client-cert", Certificate, "--client-key", "nowhere"], "the file 'nowhere' does not exist"),
            (["--client-key", Key], "give --client-cert FILE"),
        })
        {
            await using CliRun run = await PublishAsync(options);
            Assert.Equal(2, run.ExitCode);
            Assert.Contains(told, run.Errors, StringComparison.Ordinal);
        }
    }

    private Task<CliRun> PublishAsync(params string[] options) => CliRun.RunAsync(
        _environment, null, ["publish", "--channel", "agents", "--type", "t", "--agent", "a1", .. options]);

    private string Both()
    {
        string file = Path.Combine(_directory, "both.pem");
        TestCertificates.Replace(file, File.ReadAllText(Certificate) + "\n" + File.ReadAllText(Key));
        return file;
    }

    private X509Certificate2 EdgeCertificate() => X509CertificateLoader.LoadCertificate(
        _scene.Edge.Services.GetRequiredService<EdgeCertificate>().Current.Context.TargetCertificate.RawData);
}
