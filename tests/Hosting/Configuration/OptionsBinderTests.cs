using Realtime.Hosting.Configuration;

namespace Realtime.Tests.Hosting.Configuration;

public sealed class OptionsBinderTests
{
    [Fact]
    public void Every_kind_of_value_is_read()
    {
        const string Yaml =
            """
            telemetry:
              sample:
                whole: 7
                share: 0.25
                enabled: true
                wait: 1500ms
                interval: 1h
                body_bytes_max: 128KiB
                renamed: "12"
                side: right
                metric: active_connections
                address: http://10.0.0.7:8080
                limit: -9007199254740993
                names: [a, b]
                numbers:
                  - 1
                  - 2
                items:
                  - id: w1
                    weight: 3
                  - { id: w2 }
                password: swordfish
            """;

        TestConfiguration configuration = new TestConfiguration().Yaml(Yaml).With<SampleOptions>();
        CheckedConfiguration read = configuration.Read();

        Assert.Empty(configuration.Lines);
        SampleOptions options = read.Get<SampleOptions>();
        Assert.Equal((7, 0.25, true), (options.Whole, options.Share, options.Enabled));
        Assert.Equal((TimeSpan.FromMilliseconds(1_500), TimeSpan.FromHours(1)), (options.Wait, options.Interval));
        Assert.Equal((131_072, "12", "right"), (options.BodyBytesMax, options.Text, options.Side));
        Assert.Equal(new Uri("http://10.0.0.7:8080"), options.Address);
        Assert.Equal(-9_007_199_254_740_993, options.Limit);
        Assert.Equal(["a", "b"], options.Names.AsEnumerable());
        Assert.Equal([1, 2], options.Numbers);
        Assert.Equal(
            [new SampleItem { Id = "w1", Weight = 3 }, new SampleItem { Id = "w2" }], options.Items.AsEnumerable());
        Assert.Equal("swordfish", options.Password);
    }

    [Fact]
    public void The_file_yields_to_the_environment_and_that_to_the_command_line()
    {
        TestConfiguration configuration = new TestConfiguration()
            .Yaml("connection_plane:\n  gateway_instances: 10\n  session_ttl_seconds: 10\n  autoscaling: {max: 30}")
            .Environment("REALTIME__CONNECTION_PLANE__GATEWAY_INSTANCES", "11")
            .Environment("REALTIME__CONNECTION_PLANE__SESSION_TTL_SECONDS", "11")
            .Environment("CONNECTION_PLANE__AUTOSCALING__MAX", "31")
            .Args("--connection_plane:session_ttl_seconds", "12", "--connection_plane:autoscaling:min=4")
            .With<ConnectionPlaneOptions>();

        ConnectionPlaneOptions options = configuration.Read().Get<ConnectionPlaneOptions>();

        Assert.Equal((11, 12), (options.GatewayInstances, options.SessionTtlSeconds));
        Assert.Equal((4, 30), (options.Autoscaling.Min, options.Autoscaling.Max));
    }

    [Fact]
    public void One_line_overrides_a_whole_list()
    {
        SampleOptions options = new TestConfiguration()
            .Yaml("telemetry: {sample: {names: [a, b, c]}}")
            .Environment("REALTIME__TELEMETRY__SAMPLE__NAMES", "x, y")
            .Args("--telemetry:sample:items:0:id", "w1")
            .With<SampleOptions>().Read().Get<SampleOptions>();

        Assert.Equal(["x", "y"], options.Names.AsEnumerable());
        Assert.Equal("w1", Assert.Single(options.Items).Id);
    }

    [Fact]
    public void An_empty_value_in_the_file_means_the_default() =>
        Assert.Equal(
            new ConnectionPlaneOptions(),
            new TestConfiguration().Yaml("connection_plane:\n  session_ttl_seconds:\n  autoscaling: ~")
                .With<ConnectionPlaneOptions>().Read().Get<ConnectionPlaneOptions>());

    [Fact]
    public void Options_are_withheld_if_anything_at_all_is_wrong()
    {
        CheckedConfiguration read = new TestConfiguration().Yaml("telemetry: {log_formt: json}")
            .With<ConnectionPlaneOptions>().Read();

        ConfigurationErrorException error =
            Assert.Throws<ConfigurationErrorException>(() => read.Get<ConnectionPlaneOptions>());
        Assert.Equal("telemetry:log_formt", Assert.Single(error.Errors).Key);
    }
}
