package servers;

import ca.uhn.fhir.batch2.jobs.config.Batch2JobsConfig;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.jpa.api.IDaoRegistry;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.api.model.HistoryCountModeEnum;
import ca.uhn.fhir.jpa.batch2.JpaBatch2Config;
import ca.uhn.fhir.jpa.config.r4.JpaR4Config;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.config.util.ResourceCountCacheUtil;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.config.SubscriptionSettings;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect;
import ca.uhn.fhir.jpa.packages.IPackageInstallerSvc;
import ca.uhn.fhir.jpa.packages.PackageInstallationSpec;
import ca.uhn.fhir.jpa.packages.PackageInstallationSpec.InstallModeEnum;
import ca.uhn.fhir.jpa.provider.DaoRegistryResourceSupportedSvc;
import ca.uhn.fhir.jpa.provider.IJpaSystemProvider;
import ca.uhn.fhir.jpa.provider.JpaCapabilityStatementProvider;
import ca.uhn.fhir.jpa.provider.ValueSetOperationProvider;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.jpa.search.IStaleSearchDeletingSvc;
import ca.uhn.fhir.jpa.search.StaleSearchDeletingSvcImpl;
import ca.uhn.fhir.jpa.subscription.channel.config.SubscriptionChannelConfig;
import ca.uhn.fhir.jpa.subscription.match.config.SubscriptionProcessorConfig;
import ca.uhn.fhir.jpa.subscription.match.deliver.email.IEmailSender;
import ca.uhn.fhir.jpa.subscription.submit.config.SubscriptionSubmitterConfig;
import ca.uhn.fhir.jpa.util.ResourceCountCache;
import ca.uhn.fhir.rest.api.IResourceSupportedSvc;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.interceptor.RequestValidatingInterceptor;
import ca.uhn.fhir.rest.server.provider.ResourceProviderFactory;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.validation.IValidatorModule;
import ca.uhn.fhir.validation.ResultSeverityEnum;
import ca.uhn.fhir.validation.ValidationResult;
import jakarta.persistence.EntityManagerFactory;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Properties;
import javax.sql.DataSource;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.h2.jdbcx.JdbcConnectionPool;
import org.hl7.fhir.utilities.npm.NpmPackage;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Primary;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;

/**
 * HAPI FHIR JPA R4 over an in-memory H2 database, on loopback only; base is http://127.0.0.1:PORT/fhir
 * java -cp "target/classes:target/lib/*" servers.HapiServer PORT [package.tgz ...]
 * Each package.tgz is a FHIR npm package; its profiles, value sets, ... become resources of this server. Needs no network.
 * -Dservers.validate=false turns off the validation of every written resource ($validate stays); -Dservers.page=N allows
 * pages of N matches (HAPI's own bound is 50, that of its starter none).
 */
public final class HapiServer {
  public static void main(String[] args) {
    try {
      start(Integer.parseInt(args[0]), Arrays.stream(args).skip(1).map(Path::of).toList());
    } catch (Throwable e) { // else HAPI's threads keep a server alive that does not serve
      e.printStackTrace();
      System.exit(1);
    }
  }

  static void start(int port, List<Path> packages) throws Exception {
    long t0 = System.nanoTime();
    var spring = new AnnotationConfigApplicationContext(Config.class);
    for (Path tgz : packages) install(spring.getBean(IPackageInstallerSvc.class), tgz);
    var rest = new RestfulServer(spring.getBean(FhirContext.class));
    wire(rest, spring);
    var jetty = new Server(new InetSocketAddress("127.0.0.1", port));
    var servlets = new ServletContextHandler();
    servlets.setContextPath("/");
    servlets.addServlet(new ServletHolder(rest), "/fhir/*");
    jetty.setHandler(servlets);
    jetty.start();
    System.out.printf("READY http://127.0.0.1:%d/fhir in %d ms%n", port, (System.nanoTime() - t0) / 1_000_000);
  }

  static void install(IPackageInstallerSvc installer, Path tgz) throws IOException {
    byte[] bytes = Files.readAllBytes(tgz);
    var npm = NpmPackage.fromPackage(new ByteArrayInputStream(bytes));
    installer.install(new PackageInstallationSpec().setName(npm.name()).setVersion(npm.version())
        .setPackageContents(bytes).setInstallMode(InstallModeEnum.STORE_AND_INSTALL)); // its dependencies are not fetched
  }

  @SuppressWarnings({"rawtypes", "unchecked"})
  static void wire(RestfulServer rest, AnnotationConfigApplicationContext spring) {
    IFhirSystemDao systemDao = spring.getBean(IFhirSystemDao.class);
    rest.registerProviders(spring.getBean(ResourceProviderFactory.class).createProviders());
    rest.registerProvider(spring.getBean(IJpaSystemProvider.class));
    rest.registerProvider(spring.getBean(ValueSetOperationProvider.class));
    rest.setServerConformanceProvider(new JpaCapabilityStatementProvider(
        rest, systemDao, spring.getBean(JpaStorageSettings.class), spring.getBean(ISearchParamRegistry.class),
        spring.getBean(IValidationSupport.class)));
    rest.setPagingProvider(spring.getBean(DatabaseBackedPagingProvider.class));
    if (Boolean.parseBoolean(System.getProperty("servers.validate", "true"))) {
      var validating = new RequestValidatingInterceptor() { // 422 + OperationOutcome on any error
        @Override
        protected ValidationResult validate(String body, RequestDetails request) {
          return "$validate".equals(request.getOperation()) ? null : super.validate(body, request);
        }
      };
      validating.setFailOnSeverity(ResultSeverityEnum.ERROR);
      validating.setAddValidationResultsToResponseOperationOutcome(false); // it can't stand the null above
      validating.setIgnoreValidatorExceptions(true); // what is no JSON at all then gets the parser's 400, not a 500
      validating.setValidatorModules(List.of(spring.getBean(IValidatorModule.class)));
      rest.registerInterceptor(validating);
    }
  }

  @Configuration
  @Import({
    JpaR4Config.class, ThreadPoolFactoryConfig.class, JpaBatch2Config.class, Batch2JobsConfig.class,
    SubscriptionSubmitterConfig.class, SubscriptionProcessorConfig.class, SubscriptionChannelConfig.class
  })
  public static class Config {
    @Bean
    JpaStorageSettings jpaStorageSettings() {
      var s = new JpaStorageSettings();
      s.setEnforceReferentialIntegrityOnWrite(true);
      s.setEnforceReferentialIntegrityOnDelete(true);
      s.setAllowMultipleDelete(false);
      s.setPreExpandValueSets(false);
      s.setHistoryCountMode(HistoryCountModeEnum.COUNT_ACCURATE); // else a count of up to a minute ago cuts _history short
      s.setResourceClientIdStrategy(JpaStorageSettings.ClientIdStrategyEnum.ANY); // spec examples have ids such as 100150
      s.setResourceServerIdStrategy(JpaStorageSettings.IdStrategyEnum.UUID);
      return s;
    }

    @Bean
    SubscriptionSettings subscriptionSettings() {
      var s = new SubscriptionSettings();
      s.addSupportedSubscriptionType(org.hl7.fhir.dstu2.model.Subscription.SubscriptionChannelType.RESTHOOK);
      s.setSubscriptionIntervalInMs(500); // changes are polled from a table; the default is 5000
      return s;
    }

    @Bean PartitionSettings partitionSettings() { return new PartitionSettings(); }

    @Bean
    DataSource dataSource() {
      var pool = JdbcConnectionPool.create("jdbc:h2:mem:servers;DB_CLOSE_DELAY=-1", "sa", "");
      pool.setMaxConnections(30);
      return pool;
    }

    @Primary
    @Bean
    LocalContainerEntityManagerFactoryBean entityManagerFactory(
        DataSource ds, ConfigurableListableBeanFactory beans, FhirContext ctx, JpaStorageSettings settings) {
      var emf = HapiEntityManagerFactoryUtil.newEntityManagerFactory(beans, ctx, settings);
      var p = new Properties();
      p.put("hibernate.dialect", HapiFhirH2Dialect.class.getName());
      p.put("hibernate.hbm2ddl.auto", "update");
      p.put("hibernate.jdbc.batch_size", "20");
      p.put("hibernate.cache.use_query_cache", "false");
      p.put("hibernate.cache.use_second_level_cache", "false");
      p.put("hibernate.search.enabled", "false");
      emf.setPersistenceUnitName("SERVERS");
      emf.setDataSource(ds);
      emf.setJpaProperties(p);
      return emf;
    }

    @Primary
    @Bean
    JpaTransactionManager transactionManager(EntityManagerFactory emf) { return new JpaTransactionManager(emf); }

    @Bean IStaleSearchDeletingSvc staleSearchDeletingSvc() { return new StaleSearchDeletingSvcImpl(); }

    @Bean
    DatabaseBackedPagingProvider databaseBackedPagingProvider() {
      var pages = new DatabaseBackedPagingProvider();
      pages.setMaximumPageSize(Integer.getInteger("servers.page", pages.getMaximumPageSize()));
      return pages;
    }

    @Bean IResourceSupportedSvc resourceSupportedSvc(IDaoRegistry daos) { return new DaoRegistryResourceSupportedSvc(daos); }
    @Bean IEmailSender emailSender() { return details -> {}; }

    @Bean(name = "myResourceCountsCache")
    ResourceCountCache resourceCountsCache(IFhirSystemDao<?, ?> dao) { return ResourceCountCacheUtil.newResourceCountCache(dao); }
  }
}
