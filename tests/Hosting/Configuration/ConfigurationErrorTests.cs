using Realtime.Hosting.Configuration;
using Realtime.Log;

namespace Realtime.Tests.Hosting.Configuration;

public sealed class ConfigurationErrorTests
{
    public static TheoryData<string, string> WrongValues => new()
    {
        {
            "connection_plane: {session_ttl_seconds: five}",
            "connection_plane:session_ttl_seconds = five (realtime.yaml line 1): must be a whole "
                + "number from 1 to 604800; "
                + "write for example session_ttl_seconds: 300, the default"
        },
        {
            "connection_plane:\n  session_ttl_seconds: 0",
            "connection_plane:session_ttl_seconds = 0 (realtime.yaml line 2): must be a whole number from 1 to 604800; "
                + "write for example session_ttl_seconds: 300, the default"
        },
        {
            "connection_plane: {backpressure_threshold_bytes: 64K}",
            "connection_plane:backpressure_threshold_bytes = 64K (realtime.yaml line 1): must be a "
                + "number of bytes from 4KiB "
                + "to 16MiB, such as 65536, 64KiB or 16MiB; "
                + "write for example backpressure_threshold_bytes: 64KiB, the default"
        },
        {
            "connection_plane: {session_ttl_second: 5}",
            "connection_plane:session_ttl_second = 5 (realtime.yaml line 1): is not a known key; "
                + "did you mean session_ttl_seconds?"
        },
        {
            "connection_plane: {sesion_ttl: 5}",
            "connection_plane:sesion_ttl = 5 (realtime.yaml line 1): is not a known key; "
                + "did you mean session_ttl_seconds?"
        },
        {
            "connection_plane: {retention_hours: 5}",
            "connection_plane:retention_hours = 5 (realtime.yaml line 1): is not a known key; "
                + "did you mean event_plane:retention_hours?"
        },
        {
            "conection_plane:\n  session_ttl_seconds: 5",
            "conection_plane (realtime.yaml line 1): is not a known key; did you mean connection_plane?"
        },
        {
            "orchestration_plane: {dead_letter: {colour: swordfish}}",
            "orchestration_plane:dead_letter:colour = *** (realtime.yaml line 1): is not a known key; "
                + "the keys there are alert_on_overflow, enabled"
        },
        {
            "connection_plane: {autoscaling: {min: 30, max: 20}}",
            "connection_plane:autoscaling:min = 30 (realtime.yaml line 1): must not be above max "
                + "(20); lower min or raise max"
        },
        {
            "connection_plane: {autoscaling: {max: 1}}",
            "connection_plane:autoscaling:min = 2 (default): must not be above max (1); lower min or raise max"
        },
        {
            "connection_plane: {autoscaling: {metric: cpu}}",
            "connection_plane:autoscaling:metric = cpu (realtime.yaml line 1): must be one of active_connections; "
                + "write for example metric: active_connections, the default"
        },
        {
            "connection_plane: {autoscaling: 5}",
            "connection_plane:autoscaling = 5 (realtime.yaml line 1): is a section, not a value; "
                + "the keys in it are max, metric, min, target"
        },
        {
            "connection_plane: {session_ttl_seconds: {a: 1}}",
            "connection_plane:session_ttl_seconds (realtime.yaml line 1): is one value, not a section or list; "
                + "write its value behind the colon"
        },
        {
            "connection_plane: {internal_keys: {a: hidden}}",
            "connection_plane:internal_keys (realtime.yaml line 1): is a list, not a section; "
                + "write each element on a line that begins with a dash"
        },
        {
            "telemetry: {sample: {wait: 10}}",
            "telemetry:sample:wait = 10 (realtime.yaml line 1): must be a duration from 100ms to 1m, "
                + "such as 500ms, 10s, 2m or 1h; write for example wait: 10s, the default"
        },
        {
            "telemetry: {sample: {wait: 2m}}",
            "telemetry:sample:wait = 2m (realtime.yaml line 1): must be a duration from 100ms to 1m, "
                + "such as 500ms, 10s, 2m or 1h; write for example wait: 10s, the default"
        },
        {
            "telemetry: {sample: {interval: 1ms}}",
            "telemetry:sample:interval = 1ms (realtime.yaml line 1): must be a duration from 1s to 1h, "
                + "such as 500ms, 10s, 2m or 1h; write for example interval: 2m, the default"
        },
        {
            "telemetry: {sample: {enabled: yes}}",
            "telemetry:sample:enabled = yes (realtime.yaml line 1): must be true or false; "
                + "write for example enabled: false, the default"
        },
        {
            "telemetry: {sample: {share: 1.5}}",
            "telemetry:sample:share = 1.5 (realtime.yaml line 1): must be a number from 0 to 1; "
                + "write for example share: 0.5, the default"
        },
        {
            "telemetry: {sample: {share: NaN}}",
            "telemetry:sample:share = NaN (realtime.yaml line 1): must be a number from 0 to 1; "
                + "write for example share: 0.5, the default"
        },
        {
            "telemetry: {sample: {renamed: \"\"}}",
            "telemetry:sample:renamed = \"\" (realtime.yaml line 1): must be text of 1 to 5 characters; "
                + "write for example renamed: abc, the default"
        },
        {
            "telemetry: {sample: {side: up}}",
            "telemetry:sample:side = up (realtime.yaml line 1): must be one of left, right; "
                + "write for example side: left, the default"
        },
        {
            "telemetry: {sample: {address: here}}",
            "telemetry:sample:address = here (realtime.yaml line 1): must be an absolute address, "
                + "such as http://127.0.0.1:8080; correct or remove it"
        },
        {
            "telemetry: {sample: {numbers: [1, b]}}",
            "telemetry:sample:numbers:1 = b (realtime.yaml line 1): must be a whole number; correct or remove it"
        },
        {
            "telemetry: {sample: {numbers: [1, 2, 3]}}",
            "telemetry:sample:numbers (realtime.yaml line 1): must have at most 2 elements; remove some"
        },
        {
            "telemetry:\n  sample:\n    items:\n    - weight: 3",
            "telemetry:sample:items:0:id: is required; "
                + "set it in realtime.yaml or by REALTIME__TELEMETRY__SAMPLE__ITEMS__0__ID"
        },
        {
            "telemetry:\n  sample:\n    items:\n    - {id: a, wight: 3}",
            "telemetry:sample:items:0:wight = 3 (realtime.yaml line 4): is not a known key; did you mean weight?"
        },
        {
            "telemetry: {sample: {pasword: swordfish}}",
            "telemetry:sample:pasword = *** (realtime.yaml line 1): is not a known key; did you mean password?"
        },
        {
            "telemetry: {sample: {password: {a: swordfish}}}",
            "telemetry:sample:password (realtime.yaml line 1): is one value, not a section or list; "
                + "write its value behind the colon"
        },
        {
            "telemetry: {sample: {side: \"host:1,password=swordfish\"}}",
            "telemetry:sample:side = *** (realtime.yaml line 1): must be one of left, right; "
                + "write for example side: left, the default"
        },
        {
            "telemetry: {sample: {whole: \"1\\n2\"}}",
            "telemetry:sample:whole = 1?2 (realtime.yaml line 1): must be a whole number from 1 to 10; "
                + "write for example whole: 5, the default"
        },
        {
            "telemetry: {sample: {whole: 99999999999999999999}}",
            "telemetry:sample:whole = 99999999999999999999 (realtime.yaml line 1): must be a whole "
                + "number from 1 to 10; "
                + "write for example whole: 5, the default"
        },
    };

    [Theory]
    [MemberData(nameof(WrongValues))]
    public void A_wrong_line_is_told_with_key_value_place_rule_and_cure(string yaml, string expected)
    {
        TestConfiguration configuration = new TestConfiguration().Yaml(yaml)
            .With<ConnectionPlaneOptions>().With<OrchestrationPlaneOptions>().With<LogOptions>().With<SampleOptions>();

        Assert.Equal(expected, Assert.Single(configuration.Errors()));
    }

    [Fact]
    public void All_errors_are_told_at_once()
    {
        TestConfiguration configuration = new TestConfiguration()
            .Yaml("connection_plane:\n  session_ttl_secs: 5\n  gateway_instances: many\ntelemetry:\n  log_format: xml")
            .Environment("REALTIME__EVENT_PLANE__RETENTION_HOURS", "0")
            .Environment("REALTIME__EVENT_PLAN__RETENTION_HOURS", "1")
            .Args("--connection_plane:autoscaling:target", "-1")
            .With<ConnectionPlaneOptions>().With<Realtime.Hosting.Telemetry.TelemetryOptions>().With<LogOptions>();

        Assert.Equal(
            [
                "connection_plane:autoscaling:target = -1 (command line): must be a whole number from 1 to 1000000; "
                    + "write for example target: 1500, the default",
                "connection_plane:gateway_instances = many (realtime.yaml line 3): must be a whole "
                    + "number from 1 to 1000; "
                    + "write for example gateway_instances: 3, the default",
                "connection_plane:session_ttl_secs = 5 (realtime.yaml line 2): is not a known key; "
                    + "did you mean session_ttl_seconds?",
                "event_plan (environment variable REALTIME__EVENT_PLAN__RETENTION_HOURS): is not a known key; "
                    + "did you mean event_plane?",
                "event_plane:retention_hours = 0 (environment variable REALTIME__EVENT_PLANE__RETENTION_HOURS): "
                    + "must be a number from 0.01 to 8760; write for example retention_hours: 24, the default",
                "telemetry:log_format = xml (realtime.yaml line 5): must be one of text, json; "
                    + "write for example log_format: text, the default",
            ],
            configuration.Errors().Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Of_a_value_given_twice_the_one_that_counts_is_told()
    {
        TestConfiguration configuration = new TestConfiguration().Yaml("connection_plane: {gateway_instances: 5}")
            .Environment("REALTIME__CONNECTION_PLANE__GATEWAY_INSTANCES", "x").With<ConnectionPlaneOptions>();

        Assert.StartsWith(
            "connection_plane:gateway_instances = x "
                + "(environment variable REALTIME__CONNECTION_PLANE__GATEWAY_INSTANCES): ",
            Assert.Single(configuration.Errors()), StringComparison.Ordinal);
    }

    [Fact]
    public void A_resume_threshold_above_the_pause_threshold_is_told()
    {
        TestConfiguration configuration = new TestConfiguration()
            .Yaml("event_plane: {backpressure: {pause_producer_threshold: 0.4}}").With<LogOptions>();

        Assert.StartsWith(
            "event_plane:backpressure:resume_threshold = 0.5 (default): ", Assert.Single(configuration.Errors()),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_the_only_error_told()
    {
        TestConfiguration configuration = new TestConfiguration().Args("--config", "/nowhere/realtime.yaml")
            .With<Realtime.Hosting.Identity.AuthOptions>();

        Assert.Equal(
            "/nowhere/realtime.yaml (--config): there is no such file; give the path of a readable file",
            Assert.Single(configuration.Errors()));
    }

    [Fact]
    public void A_relative_path_without_a_file_is_told_whole()
    {
        TestConfiguration configuration = new TestConfiguration().Args("--config", "nowhere/r.yaml")
            .With<Realtime.Hosting.Identity.AuthOptions>();

        Assert.StartsWith(
            Path.Combine(Directory.GetCurrentDirectory(), "nowhere", "r.yaml") + " (--config): there is no such file",
            Assert.Single(configuration.Errors()),
            StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_named_by_a_variable_that_is_not_there_is_told()
    {
        var builder = new Microsoft.Extensions.Configuration.ConfigurationManager();
        builder.AddRealtimeSources([], new Dictionary<string, string> { ["REALTIME_CONFIG"] = "/nowhere/r.yaml" });

        Assert.Equal(
            "/nowhere/r.yaml (environment variable REALTIME_CONFIG): there is no such file; "
                + "give the path of a readable file",
            Assert.Single(new CheckedConfiguration(builder, []).Errors).ToString());
    }

    [Theory]
    [InlineData("stray", "argument 3 (command line): is not an option; write --section:key value")]
    [InlineData("--", "argument 3 (command line): is not an option; write --section:key value")]
    [InlineData("--a:b", "argument 3 (command line): --a:b has no value; write --a:b VALUE")]
    [InlineData(
        "--verbose",
        "argument 3 (command line): --verbose is not an option; write --section:key value; --help lists the keys")]
    [InlineData(
        "--prot=5",
        "argument 3 (command line): --prot is not an option; write --section:key value; --help lists the keys")]
    public void An_argument_that_is_no_option_is_told(string argument, string expected) =>
        Assert.Equal(expected, Assert.Single(new TestConfiguration().Args(argument).Errors()));

    [Fact]
    public void An_option_that_is_none_takes_its_value_along_and_no_other_option() =>
        Assert.Equal(
            [
                "argument 3 (command line): --prot is not an option",
                "argument 5 (command line): --verbose is not an option",
                "argument 6 (command line): --a:b has no value",
            ],
            new TestConfiguration().Args("--prot", "5", "--verbose", "--a:b").Errors()
                .Select(error => error[..error.IndexOf(';', StringComparison.Ordinal)]));

    [Theory]
    [InlineData("--urls", "http://127.0.0.1:0")]
    [InlineData("--environment=Production")]
    public void Arguments_of_the_framework_are_let_through(params string[] arguments) =>
        Assert.Empty(new TestConfiguration().Args(arguments).Errors());
}
